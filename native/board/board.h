// The board port: one interface for every kind of board. Twin of src/board/board.ts; same names, same order.
//
// A command is checked at once and its Status returned; its completion comes later as an Event, never before
// the command returned. Events are posted from the board's own thread(s) to the one EventSink, which does not
// block.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "board/number.h"
#include "cpd/detector.h"
#include "cpd/evidence_copy.h"

namespace board {

using ChannelId = uint32_t;
using CallRef = uint64_t;  // names one call on a channel; 0 means none

enum class Status : uint8_t {
  kOk,
  kUnknownChannel,
  kChannelBusy,
  kChannelOutOfService,
  kIllegalState,
  kBadArgument,
  kBoardDead,
  kNotSupported,
};

enum class TrunkKind : uint8_t { kAnalog, kIsdn, kSip };
enum class TransferStyle : uint8_t { kBlind, kConsult, kBridge };
// Who analyses the progress of a call: the board's own CPA, our detector on the board's audio, or both. A
// board without a CPA of its own takes all of them as its detector.
enum class Cpa : uint8_t { kConfigured, kBoard, kOurs, kBoth };
enum class LineState : uint8_t { kIdle, kSeized, kDialling, kRinging, kAnswered, kDropping, kOutOfService };
enum class AlarmKind : uint8_t { kRed, kBlue, kYellow, kLayer2, kNoLoopCurrent };

enum class FailureReason : uint8_t {
  kNoDialTone,
  kGlare,
  kDialFailed,
  kNoLoopCurrent,
  kTransferRefused,
  kTransferBusy,
  kTransferNoAnswer,
  kNotSupported,
  kHardware,
};

struct Span {
  uint32_t span;
  TrunkKind kind;
  std::vector<ChannelId> channels;
  std::vector<Cpa> cpa;  // what a call here may ask for, beside kConfigured
};

struct Inventory {
  std::string driver;
  std::string name;
  std::vector<Span> spans;
};

struct DialParameters {
  std::string plan;
  cpd::Mode mode = cpd::Mode::kAccurateAmDetection;
  int32_t ringTimeoutMs = 30000;
  int32_t cpdTimeoutMs = 4500;
  std::string callerId;
  bool noDetection = false;
  Cpa cpa = Cpa::kConfigured;  // kConfigured: as the line's configuration says
  float maxHumanLoss = 0;      // largest share of people one may lose, 0 to 1; 0: as the mode says
  float scoreOffset = 0;       // added to the log odds of a machine: what a calibration found
  std::string
      recordFile;  // new file for what the detector hears (cpd/recording/call_recording.h); empty: none
  std::string recordings;    // file of known recordings (cpd/known/library_file.h); empty: none
  bool checkLearnt = false;  // see cpd::Settings
  std::string attemptId;     // of the dialler's, for whom the call is handed to; empty: none
};

struct DigitLimits {
  int32_t count = 1;
  char terminator = 0;  // 0: none
  int32_t timeoutMs = 5000;
};

struct ChannelState {
  ChannelId channel;
  uint32_t span;
  TrunkKind kind;
  LineState state;
  std::string reason;
  CallRef ref;
  const char* lastEvent;  // nullptr: none yet
  double lastEventAt;
};

enum class EventType : uint8_t {
  kSeized,
  kDialled,
  kProceeding,
  kRinging,
  kAnswered,
  kObservation,
  kVerdict,
  kScore,
  kDisconnected,
  kNoAnswer,
  kTransferred,
  kJoined,
  kParted,
  kPlayed,
  kDigits,
  kReleased,
  kReset,
  kFailed,
  kAlarm,
  kOutOfService,
  kInService,
  kOverflow,
  kDead,
  kTimer,  // a timer set with setTimer ran out: `timer`
};

using cpd::EvidenceCopy;

struct Event {
  EventType type;
  ChannelId channel = 0;
  CallRef ref = 0;
  double at = 0;                                  // board time, ms since open
  bool byAudio = false;                           // kRinging, kAnswered
  std::optional<cpd::Observation> observation{};  // kObservation
  std::optional<EvidenceCopy> evidence{};         // kVerdict
  std::optional<cpd::ScoreAt> score{};            // kScore
  int32_t cause = -1;                             // kDisconnected: Q.850, -1 none
  ChannelId other = 0;                            // kJoined
  bool completed = false;                         // kPlayed
  std::string text{};             // kDigits digits; kFailed command; kOutOfService, kDead reason
  const char* digitsReason = "";  // kDigits: "count", "terminator", "timeout"
  FailureReason failure = FailureReason::kHardware;  // kFailed
  AlarmKind alarm = AlarmKind::kRed;                 // kAlarm
  uint32_t span = 0;                                 // kAlarm
  bool on = false;                                   // kAlarm
  uint64_t count = 0;                                // kOverflow
  uint32_t timer = 0;                                // kTimer
  std::vector<cpd::known::Print> prints{};           // kObservation of a beep: Detector::heardPrints()
  std::string recording{};                           // kObservation: the known one heard by then; empty: none
};

// What goes with an observation: of a beep what was heard before it, so that it can be learnt.
inline std::vector<cpd::known::Print> printsWith(const cpd::Observation& observation,
                                                 const cpd::Detector& detector) {
  if (observation.kind != cpd::ObservationKind::kBeep) return {};
  const auto prints = detector.heardPrints();
  return {prints.begin(), prints.end()};
}

class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void post(Event&& event) = 0;  // from any thread; never blocks
};

class Board {
 public:
  virtual ~Board() = default;  // closes

  virtual Inventory inventory() const = 0;
  virtual void open(EventSink& sink) = 0;

  virtual Status seize(ChannelId channel, CallRef ref) = 0;
  // kBadArgument for a number or a caller's number that is none (board/number.h): no driver is asked to dial
  // anything else.
  Status dial(ChannelId channel, CallRef ref, const std::string& number, const DialParameters& parameters) {
    const bool callerIsNumber = parameters.callerId.empty() || isDialable(parameters.callerId);
    return isDialable(number) && callerIsNumber ? dialChecked(channel, ref, number, parameters)
                                                : Status::kBadArgument;
  }
  // Hears an answered call anew from its next frame, as if it had been answered there: one more verdict.
  virtual Status rearm(ChannelId channel, CallRef ref) = 0;
  // kBadArgument for an extension that is no number either.
  Status transfer(ChannelId channel, CallRef ref, const std::string& extension, TransferStyle style) {
    return isDialable(extension) ? transferChecked(channel, ref, extension, style) : Status::kBadArgument;
  }
  virtual Status join(ChannelId channel, CallRef ref, ChannelId other) = 0;
  virtual Status part(ChannelId channel, CallRef ref) = 0;
  virtual Status play(ChannelId channel, CallRef ref, const std::string& file) = 0;
  virtual Status stopPlay(ChannelId channel, CallRef ref) = 0;
  virtual Status collectDigits(ChannelId channel, CallRef ref, const DigitLimits& limits) = 0;
  virtual Status drop(ChannelId channel, CallRef ref) = 0;
  virtual Status reset(ChannelId channel) = 0;
  virtual Status setInService(ChannelId channel, bool inService) = 0;
  // Whether kScore comes with each score that the channel's detector makes anew. Off at open.
  virtual Status tellScores(ChannelId channel, bool on) = 0;
  virtual std::vector<ChannelState> channels() const = 0;

  virtual double now() const = 0;                             // ms since open
  virtual void setTimer(uint32_t timer, double afterMs) = 0;  // ends with a kTimer event
  virtual void clearTimer(uint32_t timer) = 0;

  // No event is posted after close() returned. Twice is harmless.
  virtual void close() = 0;

 private:
  virtual Status dialChecked(ChannelId channel, CallRef ref, const std::string& number,
                             const DialParameters& parameters) = 0;
  virtual Status transferChecked(ChannelId channel, CallRef ref, const std::string& extension,
                                 TransferStyle style) = 0;
};

}  // namespace board
