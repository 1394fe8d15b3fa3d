// Figures about a greeting, by which a person is told from a recording.
#pragma once

#include <array>

#include "cpd/voice/voice_activity.h"
#include "cpd/voice/voice_history.h"

namespace cpd {

// Seconds, dB, dBm0 and shares of 1. What cannot be known yet is 0.
enum class VoiceFeature : int {
  kSpan,          // s, first speech to last
  kSpeech,        // s of speech in it
  kRuns,          // runs of speech of 100 ms and more
  kLongestPause,  // s, between two runs
  kLongestRun,    // s
  kTrail,         // s of silence since the last speech
  kLead,          // s from answer to the first speech, at most 2
  kFloorBefore,   // dBm0, median before the first speech
  kFloorAfter,    // dBm0, median after the last
  kFloorInside,   // dBm0, the quietest 5 % within the span
  kPlateau,       // share of the span within 3 dB of that: steady noise fills the pauses of a recording
  kGate,          // dB by which the floor inside is above the quieter of before and after
  kPeak,          // dBm0, 95th percentile
  kLevel,         // dBm0, mean of active frames
  kLevelSpread,   // dB, standard deviation of the active frames
  kLevelStep,     // dB, mean change from frame to frame
  kVoiced,        // share of the active frames
  kVoicing,       // mean height of the pitch peak in voiced frames
  kPitch,         // octaves above 100 Hz, mean of the voiced
  kPitchSpread,   // octaves
  kPitchStep,     // octaves, mean change from frame to frame
  kFlux,          // dB, mean change of the bands' shape from frame to frame
  kTilt0,         // 8 bands: dB against the level, mean of the active frames
  kBandSpread0 = kTilt0 + kVoiceBands,  // 8 bands: dB, standard deviation of that
  kCount = kBandSpread0 + kVoiceBands,
};

inline constexpr int kVoiceFeatures = static_cast<int>(VoiceFeature::kCount);

struct VoiceFeatures {
  std::array<float, kVoiceFeatures> value{};
  float& operator[](VoiceFeature f) { return value[static_cast<int>(f)]; }
  float operator[](VoiceFeature f) const { return value[static_cast<int>(f)]; }
};

// Figures of all speech found, whose window begins at answer (frame `answerFrame`). False without
// speech.
bool measureVoice(const VoiceHistory& history, const VoiceActivity& activity, int answerFrame,
                  VoiceFeatures& features);

inline constexpr int kModelInputs = kVoiceFeatures - 2;  // without kSpeech and kLead

// The figures as the model takes them, not yet centred and scaled.
std::array<float, kModelInputs> modelInputs(const VoiceFeatures& features);

}  // namespace cpd
