// What the call consisted of: the whole time axis cut into segments, each frame in exactly one.
#pragma once

#include <array>
#include <span>

#include "cpd/types.h"

namespace cpd {

class Timeline {
 public:
  static constexpr int kMaxSegments = 40;

  void clear();

  // Adds one frame to the end. `levelDbm0` is that frame's; `hz` the frequencies of a tone. Returns the
  // segment that ended with it, or nullptr.
  const Segment* add(SegmentKind kind, float levelDbm0, const float (&hz)[3]);

  // Ends the open segment; nullptr if there is none.
  const Segment* close();

  // Closed segments and the open one. When there were more than fit, the oldest are joined to one.
  std::span<const Segment> segments() const { return {ring_.data(), static_cast<size_t>(count_)}; }

  int32_t endMs() const { return endMs_; }

  void prefetch() const;  // ahead of add(); reads what begins the object

 private:
  int count_ = 0;
  bool open_ = false;
  int32_t endMs_ = 0;
  std::array<Segment, kMaxSegments> ring_{};
};

}  // namespace cpd
