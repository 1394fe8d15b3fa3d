#include "cpd/beep_shape.h"

#include <algorithm>
#include <cmath>

namespace cpd {
namespace {

constexpr float kLowestHz = 395, kHighestHz = 2180, kHighestOfPairHz = 2500;
constexpr int32_t kShortestMs = 68, kLongestMs = 2060;
constexpr float kMinDbm0 = -42;
constexpr float kVowelHz = 750;  // below this the overtones of vowels come close
constexpr float kSharpMs = 14;   // the longest rise of a generator, with the error of the measurement
constexpr float kCrispMs = 16;   // and the longest fall of one that does not die away
constexpr float kSoftMs = 28;    // and both of one that is faded in and out
constexpr float kPitchHz = 500;  // below this it may be a voice's pitch with its overtones, or ringback
constexpr float kRingingSpreadDb = 2, kRingingRiseMs = 11, kRingingPurity = 0.94f, kStillHz = 0.6f;
constexpr float kMostGlide = 0.12f;  // of the frequency
constexpr float kLowestGlideHz = 450;
constexpr int32_t kShortestGlideMs = 75, kSurelyMs = 300;
constexpr float kLeastPurity = 0.8f;  // however noisy the line
constexpr float kModulated = 0.5f, kModulatedHz = 12,
                kModulatedDriftHz = 4;  // depth and rate of a beat or modulation: ringback
constexpr float kFlatDb = 2.5f;
constexpr float kChimePurity = 0.94f, kChimeSpreadDb = 2, kChimeDriftHz = 4;
constexpr int32_t kChimeMs = 180;
constexpr float kNotePurity = 0.94f, kNoteDriftHz = 1, kNoteSpreadDb = 1, kNoteDepth = 0.3f;
constexpr int32_t kNoteMs = 90;
constexpr float kSoftNotePurity = 0.9f, kSoftNoteSpreadDb = 3;
constexpr int32_t kSoftNoteMs = 75;
constexpr int32_t kShortMs = 140;  // shorter ones below kVowelHz are vowels unless flat and clean
constexpr float kShortFlatDb = 1.2f, kShortClean = 0.98f;

constexpr float kPairs[] = {350, 440, 480, 620};  // dial, ringing, busy in North America and elsewhere
constexpr float kDtmfLowHz = 680, kDtmfHighHz = 960, kDtmfColumnHz = 1180;

bool isOvertone(float hz, float of) {
  const float times = std::round(hz / of);
  return hz == 0 || (times >= 2 && std::abs(hz - times * of) <= 0.015f * hz);
}

bool isOfPair(float hz) {
  return std::any_of(std::begin(kPairs), std::end(kPairs),
                     [hz](float each) { return std::abs(hz - each) <= 0.03f * each; });
}

int32_t lengthOf(const ToneSegment& s, int32_t nowMs) {
  return (s.endMs == kNever ? nowMs : s.endMs) - s.startMs;
}

}  // namespace

bool likeBeep(const ToneSegment& s, int32_t nowMs) {
  const float hz = s.hz[0], clean = s.cleanPurity, spread = s.levelSpreadDb;
  const int32_t ms = lengthOf(s, nowMs);
  if (hz < kLowestHz || hz > kHighestHz || s.dbm0 < kMinDbm0 || ms < kShortestMs || ms > kLongestMs)
    return false;
  if (!isOvertone(s.hz[1], hz) || !isOvertone(s.hz[2], hz) || s.purity < kLeastPurity) return false;
  if (s.modDepth >= kModulated && s.modHz >= kModulatedHz && (hz < kPitchHz || s.driftHz > kModulatedDriftHz))
    return false;
  const bool low = hz < kVowelHz;
  // Vowels waver by some Hz.
  const float lowDriftHz = ms < kSurelyMs ? 1.6f : 0.006f * hz;
  const bool steady = s.driftHz <= (low ? lowDriftHz : std::max(6.0f, 0.012f * hz));
  const bool crisp = isCrisp(s);
  const bool flat = spread <= kFlatDb;
  const bool soft = s.riseMs <= kSoftMs && s.fallMs <= kSoftMs && flat;
  const bool longer = ms >= (low ? 250 : 160);
  if (!steady) {
    // A repeated packet bends the phase of a long tone a little; chirps glide.
    const float glide = hz < kLowestGlideHz ? 8 / hz : low ? kMostGlide / 2 : kMostGlide;
    const bool glides = ms >= kShortestGlideMs && (hz >= kLowestGlideHz || ms >= kSurelyMs);
    return glides && crisp && s.driftHz <= glide * hz && spread <= 2 * kFlatDb &&
           clean >= (low ? 0.985f : 0.97f);
  }
  if (hz < kPitchHz && s.hz[1] != 0 && ms < kSurelyMs) return false;
  // Dying away: nothing but the tone may be there, and it stays where it is.
  const bool still = s.driftHz <= kStillHz || (spread >= kRingingSpreadDb && ms >= 200);
  const bool rings = s.riseMs <= kRingingRiseMs && still && s.purity >= kRingingPurity &&
                     clean >= (hz < kPitchHz ? 0.99f : 0.98f);
  if (low && ms < kShortMs && (spread > kShortFlatDb || clean < kShortClean || s.driftHz > 1)) return false;
  if (low)
    return rings || (crisp && flat && clean >= 0.97f && ms >= 75) || (soft && clean >= 0.985f && ms >= 140) ||
           (crisp && flat && clean >= 0.94f && longer) ||
           (crisp && spread <= 2 * kFlatDb && clean >= 0.985f && longer);
  return rings || (crisp && clean >= (ms < 120 ? 0.965f : 0.94f)) || (soft && clean >= 0.97f && ms >= 100) ||
         (crisp && spread <= 2 * kFlatDb && clean >= 0.9f && longer);
}

bool likeChime(const ToneSegment& s, int32_t nowMs) {
  if (s.hz[1] == 0 || s.hz[2] != 0 || lengthOf(s, nowMs) < kChimeMs || lengthOf(s, nowMs) > kLongestMs)
    return false;
  const float low = std::min(s.hz[0], s.hz[1]), high = std::max(s.hz[0], s.hz[1]);
  if (low < kLowestHz || high > kHighestOfPairHz || s.dbm0 < kMinDbm0) return false;
  const bool dtmf = low > kDtmfLowHz && low < kDtmfHighHz && high > kDtmfColumnHz;
  return !dtmf && !(isOfPair(low) && isOfPair(high)) && s.purity >= kChimePurity &&
         s.levelSpreadDb <= kChimeSpreadDb && s.driftHz <= kChimeDriftHz && s.riseMs <= kSoftMs;
}

bool likeNote(const ToneSegment& s) {
  return s.hz[1] == 0 && s.purity >= kNotePurity && s.levelSpreadDb <= kNoteSpreadDb &&
         s.driftHz <= kNoteDriftHz && s.modDepth < kNoteDepth && s.endMs - s.startMs >= kNoteMs;
}

bool likeSoftNote(const ToneSegment& s) {
  return s.purity >= kSoftNotePurity && s.levelSpreadDb <= kSoftNoteSpreadDb && s.driftHz <= kNoteDriftHz &&
         s.endMs - s.startMs >= kSoftNoteMs;
}

bool isCrisp(const ToneSegment& s) { return s.riseMs <= kSharpMs && s.fallMs <= kCrispMs; }

}  // namespace cpd
