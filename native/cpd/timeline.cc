#include "cpd/timeline.h"

#include <algorithm>
#include <cmath>

#include "cpd/simd/prefetch.h"

namespace cpd {
namespace {

constexpr float kSameHz = 25;  // tones closer than this are one

bool sameTone(const Segment& s, const float (&hz)[3]) {
  for (int i = 0; i < 3; ++i)
    if (std::abs(s.hz[i] - hz[i]) > kSameHz) return false;
  return true;
}

}  // namespace

void Timeline::clear() { *this = Timeline(); }

void Timeline::prefetch() const { cpd::prefetch(&ring_[std::max(0, count_ - 1)], sizeof(Segment)); }

const Segment* Timeline::add(SegmentKind kind, float levelDbm0, const float (&hz)[3]) {
  if (open_) {
    Segment& last = ring_[count_ - 1];
    if (last.kind == kind && (kind != SegmentKind::kTone || sameTone(last, hz))) {
      const float frames = static_cast<float>(last.endMs - last.startMs) / kFrameMs;
      last.dbm0 += (levelDbm0 - last.dbm0) / (frames + 1);
      last.endMs += kFrameMs;
      endMs_ = last.endMs;
      return nullptr;
    }
  }
  const bool ended = open_;
  if (count_ == kMaxSegments) {
    Segment& a = ring_[0];
    const Segment& b = ring_[1];
    if (b.endMs - b.startMs > a.endMs - a.startMs) {
      a.kind = b.kind;
      std::copy(std::begin(b.hz), std::end(b.hz), std::begin(a.hz));
      a.dbm0 = b.dbm0;
    }
    a.endMs = b.endMs;
    std::copy(ring_.begin() + 2, ring_.end(), ring_.begin() + 1);
    --count_;
  }
  Segment& next = ring_[count_++];
  next = {kind, endMs_, endMs_ + kFrameMs, {hz[0], hz[1], hz[2]}, levelDbm0};
  open_ = true;
  endMs_ = next.endMs;
  return ended ? &ring_[count_ - 2] : nullptr;
}

const Segment* Timeline::close() {
  if (!open_) return nullptr;
  open_ = false;
  return &ring_[count_ - 1];
}

}  // namespace cpd
