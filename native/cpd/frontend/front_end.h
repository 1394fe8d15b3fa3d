// What is measured of a frame before anybody decides anything, for many channels at once: the lines of the
// tone receiver, the features of the voice, the keys of a telephone. Channels lie in the lanes of vectors
// (lanes.h), and a channel's figures are the same to the last bit in whatever company and on whatever
// processor they are measured.
//
// Nothing here has state: that of a channel is its SampleHistory.
#pragma once

#include <cstdint>
#include <span>

#include "cpd/frontend/frame_features.h"
#include "cpd/frontend/sample_history.h"
#include "cpd/frontend/tone_frame.h"
#include "cpd/simd/instruction_set.h"

namespace cpd {

// A frequency to demodulate, as the cosine and sine of its turn from one sample to the next.
struct FollowedStep {
  float cosine = 1, sine = 0;
};
FollowedStep stepOf(float hz);

// Bins of the tone spectrum (kToneBinHz each, from 0 Hz) that what sounds beneath a tone is taken out of; see
// tone_background.h. Arrays of kBins, mean squares in 16 bit units.
struct BackgroundBins {
  static constexpr int kBins = 64;
  // Never more than a little above what sounds now; nullptr: nothing is taken out.
  float* background = nullptr;
  float* quietest = nullptr;  // becomes the least of the block; nullptr: the frame was heard before
  float* loudest = nullptr;   // and the most
  bool beginsBlock = false;
};

struct FrontEndInput {
  const int16_t* ring = nullptr;  // of a SampleHistory that has the frame
  int end = 0;
  BackgroundBins background;
  // Nothing in the last 64 ms is loud enough for a tone: they are not looked at for one. The figures of the
  // tone receiver are those of `meanSquare` (of the newest frame, 16 bit units), without lines.
  bool quiet = false;
  float meanSquare = 0;
  int followed = 0;  // lines of the tone that sounds: the first steps count
  FollowedStep steps[ToneFrame::kLines];
};

// A line demodulated in steps of 5 ms, the newest 25 ms.
struct FollowedLine {
  static constexpr int kSteps = 5;
  float re[kSteps], im[kSteps];
};

// The strongest frequency where the rows of a telephone keypad are, and that where its columns are, in the
// last 32 ms. Powers are mean squares of 1.0 for full scale.
struct KeypadLines {
  float rowHz, rowPower;
  float columnHz, columnPower;
  float power;  // of everything from 60 to 3900 Hz
};

struct FrontEndFrame {
  ToneFrame tone;
  float v21Power = 0, baudotPower = 0;  // of tone.power, where the keying of fax and text phones is
  KeypadLines keypad{};
  FollowedLine followed[ToneFrame::kLines];
  FrameFeatures voice;                            // only when asked for
  alignas(64) float bins[BackgroundBins::kBins];  // of the tone spectrum, nothing taken out; not when quiet
};

class FrontEnd {
 public:
  FrontEnd();                             // what is fastest here
  explicit FrontEnd(InstructionSet set);  // this version, which the processor must have

  // By one call. The more, the fuller the vectors of what only some channels need; their states still fit in
  // a core's second cache.
  static constexpr int kMostChannels = 128;

  // `out[i]` becomes that of `in[i]`; at most kMostChannels. Without `voice` its features are left as they
  // are.
  void measure(std::span<const FrontEndInput* const> in, std::span<FrontEndFrame* const> out,
               bool voice) const;

 private:
  const struct FrontEndKernel* many_;
  const struct FrontEndKernel* few_;  // for no more channels than the narrowest vector has lanes
};

}  // namespace cpd
