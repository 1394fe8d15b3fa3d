// Constants of the front end's transforms, and the table of its versions.
#pragma once

#include "cpd/frontend/front_end.h"

namespace cpd {

inline constexpr int kToneWindowSamples = kToneWindowMs * kSampleRateHz / 1000;
inline constexpr int kVoiceWindowSamples = 256;
static_assert(kToneWindowSamples == 512);

struct FrontEndTables {
  float cosine[kToneWindowSamples];             // of k / 512 turns
  float minusSine[kToneWindowSamples];          // e^(-2 pi i k / 512)
  float toneWindow[kToneWindowSamples];         // Hann
  float voiceWindow[kVoiceWindowSamples];       // Hann, full scale to 1.0
  int16_t toneOrder[kToneWindowSamples / 2];    // where the transform of 256 points leaves each bin
  int16_t voiceOrder[kVoiceWindowSamples / 2];  // and that of 128
};
extern const FrontEndTables kFrontEndTables;

// One version. Arrays of pointers have `count` entries, at least one; any number.
struct FrontEndKernel {
  void (*measure)(const FrontEndInput* const* in, FrontEndFrame* const* out, int count, bool voice);
  void (*measureQuiet)(const FrontEndInput* const* in, FrontEndFrame* const* out,
                       int count);  // the voice only
  void (*follow)(const FrontEndInput* const* in, const int* line, FollowedLine* const* out, int count);
  void (*pitch)(const FrontEndInput* const* in, FrontEndFrame* const* out, int count);
};
extern const FrontEndKernel kFrontEndBaseline, kFrontEndAvx2, kFrontEndAvx512;

}  // namespace cpd
