#include "cpd/voice/voice_features.h"

#include <algorithm>
#include <cmath>

#include "cpd/simd/exact_math.h"

namespace cpd {
namespace {

constexpr float kFrameSeconds = kFrameMs / 1000.0f;
constexpr int kRunFrames = 5;   // 100 ms: shorter runs are not counted as words
constexpr int kEdgeFrames = 3;  // passed over at the edges of speech when noise is measured
constexpr float kVoicedPeak = 0.6f;
constexpr float kPlateauDb = 3;

// Running mean and standard deviation.
struct Moments {
  int n = 0;
  float sum = 0, squares = 0;
  void add(float v) {
    ++n;
    sum += v;
    squares += v * v;
  }
  float mean() const { return n ? sum / static_cast<float>(n) : 0; }
  float deviation() const {
    return n > 1 ? std::sqrt(std::max(0.0f, squares / static_cast<float>(n) - mean() * mean())) : 0;
  }
};

// Levels by half dB.
struct LevelHistogram {
  std::array<uint16_t, 256> count{};
  int total = 0;
  void add(const HistoryFrame& f) {
    ++count[f.level];
    ++total;
  }
  float percentile(float share) const {
    int below = static_cast<int>(share * static_cast<float>(total));
    int i = 0;
    for (; i < 255; ++i) {
      below -= count[i];
      if (below < 0) break;
    }
    return static_cast<float>(i) * 0.5f - 90;
  }
};

}  // namespace

bool measureVoice(const VoiceHistory& history, const VoiceActivity& activity, int answerFrame,
                  VoiceFeatures& out) {
  using enum VoiceFeature;
  out.value.fill(0);
  if (activity.runs == 0) return false;
  const int start = activity.run[0].start, end = activity.run[activity.runs - 1].end;

  int speech = 0, words = 0, pause = 0, longest = 0;
  for (int i = 0; i < activity.runs; ++i) {
    const int length = activity.run[i].end - activity.run[i].start;
    speech += length;
    words += length >= kRunFrames;
    longest = std::max(longest, length);
    if (i > 0) pause = std::max(pause, activity.run[i].start - activity.run[i - 1].end);
  }
  out[kSpan] = static_cast<float>(end - start) * kFrameSeconds;
  out[kSpeech] = static_cast<float>(speech) * kFrameSeconds;
  out[kRuns] = static_cast<float>(words);
  out[kLongestPause] = static_cast<float>(pause) * kFrameSeconds;
  out[kLongestRun] = static_cast<float>(longest) * kFrameSeconds;
  out[kTrail] = static_cast<float>(activity.last - end) * kFrameSeconds;
  out[kLead] = std::min(2.0f, static_cast<float>(start - answerFrame) * kFrameSeconds);

  const auto heard = [&](int frame) {
    const HistoryFrame& f = history.at(frame);
    if ((f.flags & (HistoryFrame::kLost | HistoryFrame::kTone)) != 0) return false;
    return !history.isConcealedLoss(frame, activity.first, activity.last);
  };
  LevelHistogram before, after, inside;
  for (int i = activity.first; i < start - kEdgeFrames; ++i)
    if (heard(i)) before.add(history.at(i));
  for (int i = end + kEdgeFrames; i < activity.last; ++i)
    if (heard(i)) after.add(history.at(i));

  Moments level, step, voicing, pitch, pitchStep, flux;
  std::array<Moments, kVoiceBands> band;
  int active = 0, voiced = 0;
  bool wasActive = false, wasVoiced = false;
  for (int i = start; i < end; ++i) {
    if (!heard(i)) {
      wasActive = wasVoiced = false;
      continue;
    }
    const HistoryFrame& f = history.at(i);
    inside.add(f);
    if (!activity.activeAt(i)) {
      wasActive = wasVoiced = false;
      continue;
    }
    ++active;
    level.add(f.levelDbm0());
    if (wasActive) {
      const HistoryFrame& g = history.at(i - 1);
      step.add(std::abs(f.levelDbm0() - g.levelDbm0()));
      float change = 0;
      for (int b = 0; b < kVoiceBands; ++b)
        change +=
            std::abs((history.bandDbm0(i, b) - f.levelDbm0()) - (history.bandDbm0(i - 1, b) - g.levelDbm0()));
      flux.add(change / kVoiceBands);
    }
    for (int b = 0; b < kVoiceBands; ++b)
      band[b].add(std::max(-40.0f, history.bandDbm0(i, b) - f.levelDbm0()));
    const float peak = static_cast<float>(f.voicing) / 255;
    const bool isVoiced = peak > kVoicedPeak && f.pitch > 0;
    if (isVoiced) {
      ++voiced;
      voicing.add(peak);
      const float octaves = exactLog2(static_cast<float>(f.pitch) * 2 / 100);
      pitch.add(octaves);
      if (wasVoiced)
        pitchStep.add(std::min(
            0.5f, std::abs(octaves - exactLog2(static_cast<float>(history.at(i - 1).pitch) * 2 / 100))));
    }
    wasActive = true;
    wasVoiced = isVoiced;
  }

  const float insideFloor = inside.percentile(0.05f);
  int plateau = 0;
  for (int i = start; i < end; ++i)
    plateau += heard(i) && std::abs(history.at(i).levelDbm0() - insideFloor) <= kPlateauDb;
  const float quiet = std::max(-75.0f, activity.floorDbm0);
  out[kFloorBefore] = before.total >= 3 ? std::max(-75.0f, before.percentile(0.5f)) : quiet;
  out[kFloorAfter] = after.total >= 3 ? std::max(-75.0f, after.percentile(0.5f)) : quiet;
  out[kFloorInside] = std::max(-75.0f, insideFloor);
  out[kPlateau] = inside.total ? static_cast<float>(plateau) / static_cast<float>(inside.total) : 0;
  out[kGate] = out[kFloorInside] - std::min(out[kFloorBefore], out[kFloorAfter]);
  out[kPeak] = activity.peakDbm0;
  out[kLevel] = level.mean();
  out[kLevelSpread] = level.deviation();
  out[kLevelStep] = step.mean();
  out[kVoiced] = active ? static_cast<float>(voiced) / static_cast<float>(active) : 0;
  out[kVoicing] = voicing.mean();
  out[kPitch] = pitch.mean();
  out[kPitchSpread] = pitch.deviation();
  out[kPitchStep] = pitchStep.mean();
  out[kFlux] = flux.mean();
  for (int b = 0; b < kVoiceBands; ++b) {
    out.value[static_cast<int>(kTilt0) + b] = band[b].mean();
    out.value[static_cast<int>(kBandSpread0) + b] = band[b].deviation();
  }
  return true;
}

std::array<float, kModelInputs> modelInputs(const VoiceFeatures& features) {
  std::array<float, kModelInputs> x;
  int n = 0;
  for (int i = 0; i < kVoiceFeatures; ++i) {
    const float v = features.value[i];
    switch (static_cast<VoiceFeature>(i)) {
      case VoiceFeature::kSpeech:
      case VoiceFeature::kLead:
        break;
      case VoiceFeature::kSpan:
      case VoiceFeature::kLongestRun:
        x[n++] = exactLog(v + 0.1f);
        break;
      case VoiceFeature::kLongestPause:
        x[n++] = std::min(v, 1.2f);
        break;
      case VoiceFeature::kPlateau:
        x[n++] = std::min(v, 0.6f);
        break;
      case VoiceFeature::kGate:
        x[n++] = std::clamp(v, -5.0f, 40.0f);
        break;
      default:
        x[n++] = v;
    }
  }
  return x;
}

}  // namespace cpd
