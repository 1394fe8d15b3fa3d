// Words shared by the detector and everything behind the board port. Same names and order as
// src/domain/outcome.ts and src/domain/result.ts.
#pragma once

#include <cstdint>

#include "cpd/tone_id.h"

namespace cpd {

inline constexpr int kSampleRateHz = 8000;
inline constexpr int kFrameMs = 20;
inline constexpr int kFrameSamples = kSampleRateHz * kFrameMs / 1000;

enum class Mode : uint8_t {
  kNoProgressDetection,
  kNoAmDetection,
  kPositiveAmDetection,
  kFullPositiveAmDetection,
  kAccurateAmDetection,
  kTelephonyPreset,
};

enum class Verdict : uint8_t {
  kNone,
  kLive,
  kMachine,
  kScreening,
  kFax,
  kModem,
  kSit,
  kBusy,
  kCongestion,
  kRingback,
  kDialtone,
  kSilence,
  kUnknown,
  kFalseAnswer,  // the network told of an answer, and it rings on
};
inline constexpr Verdict kLastVerdict = Verdict::kFalseAnswer;
inline constexpr int kVerdicts = static_cast<int>(kLastVerdict) + 1;

// "live", "false_answer", ...; "none" without one.
const char* name(Verdict verdict);

enum class SitCategory : uint8_t { kNone, kIC, kVC, kRO1, kRO2, kNC1, kNC2, kR1, kR2, kITU };

// What a frame is. A lost frame counts in time but is not heard as silence.
enum class FrameKind : uint8_t { kAudio, kLost, kComfortNoise };

// Times are ms of media since the detector was started (dialling, or the file's start); kNever if it has not
// been.
inline constexpr int32_t kNever = -1;

enum class SegmentKind : uint8_t { kSilence, kSpeech, kTone, kBeep, kNoise, kMusic };

struct Segment {
  SegmentKind kind;
  int32_t startMs;
  int32_t endMs;
  float hz[3];  // frequencies of a tone, strongest first; 0 where there is none
  float dbm0;   // mean level
};

enum class ObservationKind : uint8_t {
  kSegment,      // a segment ended: `segment`
  kTone,         // a tone was recognised: `tone`, `ambiguousWith`, startMs, endMs (kNever while it lasts)
  kAnswered,     // answer inferred from the audio (trunks that do not signal it)
  kSpeechStart,  // startMs
  kSpeechEnd,    // startMs
  kGreetingEnd,  // startMs
  kBeep,         // startMs, endMs, hz
  kVerdict,      // `verdict`, `sit`, confidence, startMs = when it was decided
  kCorrection,   // `verdict`, confidence, startMs
};

struct Observation {
  ObservationKind kind;
  int32_t startMs = kNever;
  int32_t endMs = kNever;
  ToneId tone = ToneId::kNone;
  ToneId ambiguousWith = ToneId::kNone;  // another tone with the same sound
  float hz[3] = {0, 0, 0};
  Segment segment{};
  Verdict verdict = Verdict::kNone;
  SitCategory sit = SitCategory::kNone;
  float confidence = 0;
};

}  // namespace cpd
