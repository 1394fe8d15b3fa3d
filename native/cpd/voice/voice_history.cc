#include "cpd/voice/voice_history.h"

#include <algorithm>
#include <cmath>

#include "cpd/simd/prefetch.h"

namespace cpd {
namespace {

uint8_t halfDb(float dbm0) { return static_cast<uint8_t>(std::clamp((dbm0 + 90) * 2, 0.0f, 255.0f)); }

}  // namespace

void VoiceHistory::push(const FrameFeatures& features, bool tone) {
  HistoryFrame& f = ring_[frames_ % kHistoryFrames];
  f.level = halfDb(features.levelDbm0);
  f.voicing = static_cast<uint8_t>(features.voicing * 255);
  f.pitch = static_cast<uint8_t>(std::min(255.0f, features.pitchHz / 2));
  f.flags =
      static_cast<uint8_t>((features.lost ? HistoryFrame::kLost : 0) | (tone ? HistoryFrame::kTone : 0) |
                           (features.digitalSilence ? HistoryFrame::kDigital : 0));
  for (int b = 0; b < kVoiceBands; ++b) bands_[frames_ % kHistoryFrames][b] = halfDb(features.bandDbm0[b]);
  ++frames_;
}

void VoiceHistory::pushLost() {
  if (frames_ == 0) {
    FrameFeatures nothing;
    nothing.lost = true;
    return push(nothing, false);
  }
  const int now = frames_ % kHistoryFrames, before = (frames_ - 1) % kHistoryFrames;
  ring_[now] = ring_[before];
  ring_[now].flags = (ring_[before].flags & HistoryFrame::kDigital) | HistoryFrame::kLost;
  bands_[now] = bands_[before];
  ++frames_;
}

void VoiceHistory::mark(uint8_t flag, int fromFrame, int toFrame) {
  for (int i = std::max(fromFrame, oldest()); i < std::min(toFrame, frames_); ++i) at(i).flags |= flag;
}

int VoiceHistory::count(uint8_t flag, int fromFrame, int toFrame) const {
  int n = 0;
  for (int frame = std::max(fromFrame, oldest()); frame < toFrame; ++frame) n += at(frame).is(flag);
  return n;
}

bool VoiceHistory::isConcealedLoss(int frame, int first, int last) const {
  const auto digital = [this](int i) { return at(i).is(HistoryFrame::kDigital); };
  if (!digital(frame)) return false;
  int start = frame, end = frame + 1;
  while (start > first && end - start <= kMaxConcealedFrames && digital(start - 1)) --start;
  while (end < last && end - start <= kMaxConcealedFrames && digital(end)) ++end;
  return end - start <= kMaxConcealedFrames && start > first && end < last;
}

void VoiceHistory::copy(int frame, int count, HistoryFrame* to) const {
  const int start = frame % kHistoryFrames, first = std::min(count, kHistoryFrames - start);
  std::copy_n(ring_.begin() + start, first, to);
  std::copy_n(ring_.begin(), count - first, to + first);
}

void VoiceHistory::prefetch(int fromFrame) const {
  constexpr int kFramesALine = kCacheLine / sizeof(HistoryFrame);
  for (int frame = std::max(fromFrame, oldest()); frame < frames_; frame += kFramesALine)
    cpd::prefetch(&at(frame), 1);
  cpd::prefetch(&at(frames_), 1);
  cpd::prefetch(&bands_[frames_ % kHistoryFrames], 1);
}

void VoiceHistory::unmark(uint8_t flag, int fromFrame, int toFrame) {
  for (int i = std::max(fromFrame, oldest()); i < std::min(toFrame, frames_); ++i)
    at(i).flags &= static_cast<uint8_t>(~flag);
}

}  // namespace cpd
