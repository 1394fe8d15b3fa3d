#include "cpd/beep/beep_score.h"

#include <algorithm>

#include "cpd/simd/exact_math.h"

namespace cpd {
namespace {

constexpr int kKnots = 5;

// Straight between the knots, level outside.
struct Curve {
  float at[kKnots];
  float logOdds[kKnots];

  float of(float x) const {
    if (x <= at[0]) return logOdds[0];
    for (int i = 1; i < kKnots; ++i)
      if (x < at[i])
        return logOdds[i - 1] + (logOdds[i] - logOdds[i - 1]) * (x - at[i - 1]) / (at[i] - at[i - 1]);
    return logOdds[kKnots - 1];
  }
};

#include "cpd/beep/beep_curves.inc"

constexpr float kLeastRest = 0.004f;   // of the power that is not the tone: G.711 leaves as much
constexpr float kDriftShare = 0.002f;  // of the frequency: as much as it can be measured
constexpr float kShortestEdgeMs = 3, kLongestEdgeMs = 60;
constexpr float kPitchHz = 500;  // below it a line with its overtones may be a voice
constexpr float kLeastModulationHz = 12;
constexpr float kWordMs = 150, kMostLonger = 3;  // no vowel between consonants is as steady for longer

// Of a bell: each from which on it begins to count, in the units of the measures.
constexpr float kBell = 7;  // log odds
constexpr float kBellClear = 4.4f, kBellRise = 4.2f, kBellRiseLow = 3.9f, kBellDrift = 2.8f, kBellMs = 5.6f,
                kBellMsLow = 5.8f, kBellMsHigh = 6.4f;
constexpr float kWhistleHz = 2000;  // some people whistle an s for a moment
constexpr float kBellAboveDb = 8;   // above what is before
constexpr float kBellOwn = 0.85f;   // of its power: the second line of a vowel has less

float clearness(float purity) { return -exactLog2(std::max(0.0f, 1 - purity) + kLeastRest); }

// How long, steady and sharp a tone is, 0 to 1: as good as the weakest of it. No vowel is all of that,
// whatever noise takes from each.
float wholeness(const std::array<float, kShapeMeasures>& m) {
  const float length = (m[7] - 6.6f) / 0.6f, clear = m[1] - 3, drift = (3.2f - m[3]) / 1.4f,
              spread = (6 - m[6]) / 3;
  const float rise = (4.3f - m[4]) / 0.4f, fall = (4.3f - m[5]) / 0.4f;
  return std::clamp(std::min({length, clear, drift, rise, fall, spread}), 0.0f, 1.0f);
}

float edge(float ms) { return exactLog2(std::clamp(ms, kShortestEdgeMs, kLongestEdgeMs)); }

}  // namespace

std::array<float, kShapeMeasures> shapeMeasures(const ToneSegment& s) {
  const float ms = static_cast<float>(std::max(1, s.endMs - s.startMs));
  const float hz = std::max(1.0f, s.hz[0]);
  const bool overtones = s.hz[1] != 0 || s.hz[2] != 0;
  std::array<float, kShapeMeasures> measures{clearness(s.bestClean),
                                             clearness(s.cleanPurity),
                                             clearness(s.bestPurity),
                                             exactLog2(1 + s.driftHz / (kDriftShare * hz)),
                                             edge(s.riseMs),
                                             edge(s.fallMs),
                                             s.levelSpreadDb,
                                             exactLog2(ms),
                                             exactLog2(hz),
                                             overtones && hz < kPitchHz ? 1.0f : 0.0f,
                                             0,
                                             s.modHz >= kLeastModulationHz ? s.modDepth : 0.0f};
  measures[10] = wholeness(measures);
  return measures;
}

std::array<float, kAroundMeasures> aroundMeasures(const BeepSurroundings& levels) {
  const float longer = std::clamp(static_cast<float>(levels.ms) / kWordMs, 1.0f, kMostLonger);
  return {longer * (levels.toneDbm0 - levels.beforeDbm0), longer * (levels.toneDbm0 - levels.afterDbm0),
          (levels.beforeDbm0 - levels.floorDbm0) / longer, (levels.afterDbm0 - levels.floorDbm0) / longer};
}

float shapeLogOdds(const std::array<float, kShapeMeasures>& measures) {
  float sum = 0;
  for (size_t i = 0; i < measures.size(); ++i) sum += kShapeCurves[i].of(measures[i]);
  return sum;
}

float aroundLogOdds(const std::array<float, kAroundMeasures>& measures) {
  float sum = 0;
  for (size_t i = 0; i < measures.size(); ++i) sum += kAroundCurves[i].of(measures[i]);
  return sum;
}

float bellLogOdds(const ToneSegment& tone, const BeepSurroundings& levels) {
  const float hz = std::max(1.0f, tone.hz[0]);
  const float ms = static_cast<float>(std::max(1, tone.endMs - tone.startMs));
  const float clear = (clearness(tone.purity) - kBellClear) / 0.8f;
  const bool low = hz < kPitchHz;
  const float sharp = ((low ? kBellRiseLow : kBellRise) - edge(tone.riseMs)) / 0.6f;
  const float still = (kBellDrift - exactLog2(1 + tone.driftHz / (kDriftShare * hz))) / 0.8f;
  const float leastMs = low ? kBellMsLow : hz > kWhistleHz ? kBellMsHigh : kBellMs;
  const float length = (exactLog2(ms) - leastMs) / 0.4f;
  const float quiet = (levels.toneDbm0 - levels.beforeDbm0 - kBellAboveDb) / 8;
  const float own = (tone.ownShare - kBellOwn) / 0.1f;
  return kBell * std::clamp(std::min({clear, sharp, still, length, quiet, own}), 0.0f, 1.0f);
}

float bestAroundLogOdds() {
  float sum = 0;
  for (const Curve& curve : kAroundCurves)
    sum += *std::max_element(std::begin(curve.logOdds), std::end(curve.logOdds));
  return sum;
}

}  // namespace cpd
