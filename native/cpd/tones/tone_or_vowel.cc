#include "cpd/tones/tone_or_vowel.h"

#include <algorithm>
#include <cmath>

namespace cpd {
namespace {

constexpr float kLowestToneHz = 330;

// Lines where the pitch of a voice and its overtones lie, or more than two of them, are a vowel until the
// tone receiver has a name for them.
bool couldBeVowel(const ToneSegment& tone) {
  if (tone.hz[2] != 0) return true;
  const float low = tone.hz[1] == 0 ? tone.hz[0] : std::min(tone.hz[0], tone.hz[1]);
  const float high = std::max(tone.hz[0], tone.hz[1]);
  return low < kLowestToneHz || std::abs(high - 2 * low) < 0.03f * high;
}

}  // namespace

bool isSignal(const ToneSegment& tone, int32_t nowMs) {
  if (couldBeVowel(tone)) return false;
  const int32_t ms = (tone.endMs == kNever ? nowMs : tone.endMs) - tone.startMs;
  const bool modulated = tone.modDepth >= 0.3f;
  return ms >= (tone.hz[0] < 450 && !modulated ? 260 : 120) && tone.purity >= 0.94f &&
         tone.driftHz <= std::max(3.0f, 0.005f * tone.hz[0]) && tone.levelSpreadDb <= (modulated ? 16 : 3.5f);
}

bool isLikeTone(const ToneSegment& tone) {
  const bool modulated = tone.modDepth >= 0.3f;
  return tone.cleanPurity >= 0.94f && tone.driftHz <= (modulated ? 15.0f : 8.0f) &&
         tone.levelSpreadDb <= (modulated ? 20.0f : 8.0f);
}

bool isSteady(const ToneSegment& tone) {
  return !couldBeVowel(tone) && tone.purity >= 0.85f && tone.driftHz <= std::max(3.0f, 0.006f * tone.hz[0]) &&
         tone.levelSpreadDb <= (tone.modDepth >= 0.3f ? 20.0f : 5.0f);
}

}  // namespace cpd
