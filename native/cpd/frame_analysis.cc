#include "cpd/frame_analysis.h"

#include "cpd/front_end.h"

namespace cpd {

const FrameFeatures& FrameAnalyzer::push(const int16_t* samples) {
  history_.push(samples);
  FrontEndInput input;
  input.ring = history_.ring();
  input.end = history_.end();
  FrontEndFrame frame;
  const FrontEndInput* const in = &input;
  FrontEndFrame* const out = &frame;
  FrontEnd().measure({&in, 1}, {&out, 1}, true);
  return features_ = frame.voice;
}

const FrameFeatures& FrameAnalyzer::pushLost() {
  history_.repeat();
  features_.lost = true;
  return features_;
}

}  // namespace cpd
