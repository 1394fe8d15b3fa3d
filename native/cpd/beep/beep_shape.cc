#include "cpd/beep/beep_shape.h"

#include <algorithm>
#include <cmath>

namespace cpd {
namespace {

constexpr float kLowestHz = 395, kHighestHz = 2850;
constexpr int kFloorFrames = 150;  // looked at for the noise
constexpr int32_t kShortestMs = 60, kLongestMs = 2060;
constexpr int32_t kShortestPureMs = 48;  // of a bell, which dies away before it has lasted
constexpr float kPure = 0.985f;
constexpr float kMinDbm0 = -42;
constexpr float kVowelHz = 600;  // below this the overtones of vowels come close
constexpr float kSoftMs = 28;    // longest rise of a chime
constexpr float kChimePurity = 0.94f, kChimeSpreadDb = 2, kChimeDriftHz = 4;
constexpr float kNoisyChimePurity = 0.85f;  // the line's noise with it
constexpr int32_t kChimeMs = 180;
constexpr int32_t kLongChimeMs =
    250;  // no vowel keeps two lines for so long, whatever a coder does to their level
constexpr float kLongChimeSpreadDb = 5;
// Shorter ones are nothing but the pair: two lines of a vowel are not.
constexpr int32_t kShortChimeMs = 90;
constexpr float kShortChimePurity = 0.985f, kShortChimeSpreadDb = 1.8f, kShortChimeRiseMs = 14;
constexpr float kNotePurity = 0.94f, kNoteDriftHz = 1, kNoteSpreadDb = 1, kNoteDepth = 0.3f;
constexpr int32_t kNoteMs = 90;
constexpr float kSoftNotePurity = 0.9f, kSoftNoteSpreadDb = 3;
constexpr int32_t kSoftNoteMs = 75;
// Of an instrument alone: sharper and higher than nearly all vowels.
constexpr float kPlayedHz = 500, kPlayedPurity = 0.84f, kPlayedOwn = 0.8f;
constexpr float kPlayedDriftHz = 5, kPlayedRiseMs = 15;
constexpr int32_t kPlayedMs = 65;
constexpr int32_t kShortMs = 140;  // shorter ones below kVowelHz are vowels unless flat and clean
constexpr float kShortFlatDb = 1.2f, kShortPureFlatDb = 3, kShortClean = 0.97f;

constexpr float kPairs[][2] = {{350, 440}, {440, 480}, {480, 620}};  // dial, ringing, busy in North America
constexpr float kKeyRows[] = {697, 770, 852, 941}, kKeyColumns[] = {1209, 1336, 1477, 1633};
constexpr float kKeyHz = 0.026f;  // share by which a key may be off that the keypad hears
// Between which modems and text telephones are keyed: V.21, Bell 103, V.23, Baudot.
constexpr float kKeyed[][2] = {{980, 1180},  {1650, 1850}, {1070, 1270}, {2025, 2225},
                               {1300, 2100}, {1300, 1700}, {1400, 1800}};
constexpr float kKeyedHz = 45;  // a burst of few bits shows them pulled together

bool isOvertone(float hz, float of) {
  const float times = std::round(hz / of);
  return hz == 0 || (times >= 2 && std::abs(hz - times * of) <= 0.015f * hz);
}

bool isOfNetwork(float low, float high) {
  return std::any_of(std::begin(kPairs), std::end(kPairs), [low, high](const float(&pair)[2]) {
    return std::abs(low - pair[0]) <= 0.03f * low && std::abs(high - pair[1]) <= 0.03f * high;
  });
}

template <size_t N>
bool isNearOne(const float (&of)[N], float hz) {
  return std::any_of(std::begin(of), std::end(of),
                     [hz](float each) { return std::abs(hz - each) <= kKeyHz * each; });
}

bool isKey(float low, float high) { return isNearOne(kKeyRows, low) && isNearOne(kKeyColumns, high); }

bool isKeyed(float low, float high) {
  return std::any_of(std::begin(kKeyed), std::end(kKeyed), [low, high](const float(&keyed)[2]) {
    return std::abs(low - keyed[0]) <= kKeyedHz && std::abs(high - keyed[1]) <= kKeyedHz;
  });
}

int32_t lengthOf(const ToneSegment& s, int32_t nowMs) {
  return (s.endMs == kNever ? nowMs : s.endMs) - s.startMs;
}

float meanDbm0(const VoiceHistory& history, int from, int to) {
  float sum = 0;
  int n = 0;
  for (int i = std::max(from, history.oldest()); i < std::min(to, history.frames()); ++i, ++n)
    sum += history.at(i).levelDbm0();
  return n == 0 ? -90 : sum / static_cast<float>(n);
}

}  // namespace

bool couldBeBeep(const ToneSegment& s, int32_t nowMs) {
  const float hz = s.hz[0];
  const int32_t ms = lengthOf(s, nowMs);
  const int32_t shortestMs = s.purity >= kPure ? kShortestPureMs : kShortestMs;
  if (s.dbm0 < kMinDbm0 || ms < shortestMs || ms > kLongestMs) return false;
  // So low and short it is a vowel, unless it is flat and clean.
  if (hz < kVowelHz && ms < kShortMs &&
      (s.levelSpreadDb > (s.purity >= kPure ? kShortPureFlatDb : kShortFlatDb) || s.bestClean < kShortClean))
    return false;
  const bool single = isOvertone(s.hz[1], hz) && isOvertone(s.hz[2], hz);
  return (single && hz >= kLowestHz && hz <= kHighestHz) || likeChime(s, nowMs);
}

BeepSurroundings surroundingsOf(const VoiceHistory& history, float toneDbm0, int32_t startMs, int32_t endMs) {
  BeepSurroundings levels;
  levels.toneDbm0 = toneDbm0;
  levels.ms = endMs - startMs;
  levels.floorDbm0 = 0;
  for (int at = history.frames() - kFloorFrames; at < history.frames(); at += 4)
    if (at >= history.oldest()) levels.floorDbm0 = std::min(levels.floorDbm0, meanDbm0(history, at, at + 4));
  const int first = startMs / kFrameMs, last = endMs / kFrameMs;
  levels.beforeDbm0 = meanDbm0(history, first - 4, first - 1);
  levels.afterDbm0 = meanDbm0(history, last + 2, last + 6);
  return levels;
}

bool likeChime(const ToneSegment& s, int32_t nowMs) {
  const int32_t ms = lengthOf(s, nowMs);
  if (s.hz[1] == 0 || s.hz[2] != 0 || ms < kShortChimeMs || ms > kLongestMs) return false;
  const float low = std::min(s.hz[0], s.hz[1]), high = std::max(s.hz[0], s.hz[1]);
  if (ms < kChimeMs && (s.cleanPurity < kShortChimePurity || s.levelSpreadDb > kShortChimeSpreadDb ||
                        s.riseMs > kShortChimeRiseMs || isKeyed(low, high)))
    return false;
  if (low < kLowestHz || high > kHighestHz || s.dbm0 < kMinDbm0) return false;
  return !isKey(low, high) && !isOfNetwork(low, high) && s.purity >= kNoisyChimePurity &&
         s.cleanPurity >= kChimePurity &&
         s.levelSpreadDb <= (ms >= kLongChimeMs ? kLongChimeSpreadDb : kChimeSpreadDb) &&
         s.driftHz <= kChimeDriftHz && s.riseMs <= kSoftMs;
}

bool likeNote(const ToneSegment& s) {
  return s.hz[1] == 0 && s.purity >= kNotePurity && s.levelSpreadDb <= kNoteSpreadDb &&
         s.driftHz <= kNoteDriftHz && s.modDepth < kNoteDepth && s.endMs - s.startMs >= kNoteMs;
}

bool likePlayedNote(const ToneSegment& s) {
  const bool single = isOvertone(s.hz[1], s.hz[0]) && isOvertone(s.hz[2], s.hz[0]);
  return single && s.hz[0] >= kPlayedHz && s.cleanPurity >= kPlayedPurity && s.ownShare >= kPlayedOwn &&
         s.driftHz <= kPlayedDriftHz && s.riseMs <= kPlayedRiseMs && s.endMs - s.startMs >= kPlayedMs;
}

bool likeSoftNote(const ToneSegment& s) {
  return s.purity >= kSoftNotePurity && s.levelSpreadDb <= kSoftNoteSpreadDb && s.driftHz <= kNoteDriftHz &&
         s.endMs - s.startMs >= kSoftNoteMs;
}

}  // namespace cpd
