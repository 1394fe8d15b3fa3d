// What of the port's structures goes over the wire, in order. Each list must name all fields: a structure
// that got one more does not compile here until it is named. Changing anything here changes kVersion of
// protocol.h.
#pragma once

#include <tuple>

#include "board/board.h"
#include "board/diagnostics.h"
#include "board/wire/wire.h"

namespace board::wire {

#define ENUM_RANGE(Enum, last)                  \
  template <>                                   \
  struct EnumRange<Enum> {                      \
    static constexpr Enum kLast = Enum::last;   \
    static constexpr const char* kName = #Enum; \
  };

template <>
struct EnumRange<cpd::Verdict> {
  static constexpr cpd::Verdict kLast = cpd::kLastVerdict;
  static constexpr const char* kName = "cpd::Verdict";
};

#define FIELDS(Struct, ...)         \
  template <>                       \
  struct Fields<Struct> {           \
    static auto of(auto& value) {   \
      auto& [__VA_ARGS__] = value;  \
      return std::tie(__VA_ARGS__); \
    }                               \
  };

#define NO_FIELDS(Struct)                                  \
  template <>                                              \
  struct Fields<Struct> {                                  \
    static std::tuple<> of(auto& /*value*/) { return {}; } \
  };

ENUM_RANGE(board::Status, kNotSupported)
ENUM_RANGE(board::TrunkKind, kSip)
ENUM_RANGE(board::TransferStyle, kBridge)
ENUM_RANGE(board::Cpa, kBoth)
ENUM_RANGE(board::LineState, kOutOfService)
ENUM_RANGE(board::AlarmKind, kNoLoopCurrent)
ENUM_RANGE(board::FailureReason, kHardware)
ENUM_RANGE(board::EventType, kTimer)
ENUM_RANGE(board::Topic, kSelfCheck)
ENUM_RANGE(cpd::Mode, kTelephonyPreset)
ENUM_RANGE(cpd::ToneId, kDtmf)
ENUM_RANGE(cpd::SitCategory, kITU)
ENUM_RANGE(cpd::SegmentKind, kMusic)
ENUM_RANGE(cpd::ObservationKind, kCorrection)

FIELDS(board::Span, span, kind, channels, cpa)
FIELDS(board::Inventory, driver, name, spans)
FIELDS(board::DialParameters, plan, mode, ringTimeoutMs, cpdTimeoutMs, callerId, noDetection, maxHumanLoss,
       scoreOffset, recordFile, recordings, cpa, checkLearnt, attemptId)
FIELDS(board::DigitLimits, count, terminator, timeoutMs)
FIELDS(board::ChannelState, channel, span, kind, state, reason, ref, lastEvent, lastEventAt)
FIELDS(cpd::Segment, kind, startMs, endMs, hz, dbm0)
FIELDS(cpd::Score, name, score)
FIELDS(cpd::Observation, kind, startMs, endMs, tone, ambiguousWith, hz, segment, verdict, sit, confidence)
FIELDS(cpd::ScoreAt, atMs, machineLogOdds, machineFrom, liveBelow)
FIELDS(cpd::EvidenceCopy, rule, confidence, verdict, sit, decidedMs, answerMs, speechStartMs, greetingEndMs,
       beepMs, segments, scores, recording)
FIELDS(board::Event, type, channel, ref, at, byAudio, observation, evidence, score, cause, other, completed,
       text, digitsReason, failure, alarm, span, on, count, timer, prints, recording)

}  // namespace board::wire
