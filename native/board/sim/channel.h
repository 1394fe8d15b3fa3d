// One channel of the board: takes commands, listens to its line, says what it learns. Not safe for threads:
// the board holds its mutex around every call.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "board/board.h"
#include "board/score_teller.h"
#include "board/sim/exchange.h"
#include "board/sim/line.h"
#include "board/sim/sound/clip.h"
#include "cpd/detector.h"
#include "cpd/detector_bank.h"
#include "cpd/recording/call_recording.h"

namespace board::sim {

class Channel {
 public:
  Channel(ChannelId id, uint32_t span, TrunkKind kind, Exchange& exchange);
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  ChannelId id() const { return id_; }
  uint32_t span() const { return span_; }
  TrunkKind kind() const { return kind_; }
  ChannelState state() const;

  // Commands, as in board.h. Events they cause are in the exchange's outbox and leave with the next tick.
  Status seize(CallRef ref);
  Status dial(CallRef ref, const std::string& number, const DialParameters& parameters);
  Status rearm(CallRef ref);
  Status transfer(CallRef ref, const std::string& extension, TransferStyle style);
  Status join(CallRef ref, Channel& other);
  Status part(CallRef ref);
  Status play(CallRef ref, const std::string& file, ClipPtr announcement);
  Status stopPlay(CallRef ref);
  Status collectDigits(CallRef ref, const DigitLimits& limits);
  Status drop(CallRef ref);
  Status reset();
  Status setInService(bool inService);
  Status tellScores(bool on);

  // An alarm on the span came or went.
  void alarm(AlarmKind alarm, bool on);
  void boardDied() { exchange_.groundTruth.ended(truth_, exchange_.now, "fault"); }

  // One frame of media time, in two halves: between them the board hears all channels together. True when
  // this one listens: `bank` is its frame. endTick() gets what was heard, nothing if it does not.
  bool beginTick(cpd::BankChannel& bank);
  void endTick(std::span<const cpd::Observation> observations);

  // What was recorded of the call until now goes to its file.
  void saveRecording();

  // Level of what the far end heard in the last frame.
  float sentDbm0() const;

 private:
  struct Transfer {
    TransferStyle style;
    std::string extension;
    double dueAt;
    bool accepted = false;
  };
  struct Playing {
    ClipPtr clip;
    std::string file;
    double startedAt;
    double endsAt;
    bool stopped = false;
  };
  struct Collecting {
    DigitLimits limits;
    double endsAt;
  };

  static constexpr double kNotDue = 1e300;

  Status checkCall(CallRef ref) const;
  Status checkAnswered(CallRef ref) const;
  bool inService() const { return alarms_ == 0 && !administrative_; }
  bool seizing() const { return state_ == LineState::kSeized && seizeAt_ != kNotDue; }

  void post(Event&& event);
  void post(EventType type) { post(Event{.type = type}); }
  void fail(const char* command, FailureReason reason);

  void tickSeize();
  void tickDial();
  void tickTransfer();
  void tickPlay();
  void tickDigits();
  void heard(const LineSignals& signals);
  void observe(std::span<const cpd::Observation> observations);
  void observe(const cpd::Observation& observation);
  void answered(bool byAudio);
  void disconnected(int cause, const char* endedBy);
  void handOver(const Extension& extension);
  void endOperations();
  void noteHeard();
  void unjoin();
  void clearCall();

  const ChannelId id_;
  const uint32_t span_;
  const TrunkKind kind_;
  Exchange& exchange_;
  Line line_;
  cpd::Detector detector_;
  cpd::CallRecorder recorder_;
  ScoreTeller scores_;
  std::array<int16_t, cpd::kFrameSamples> received_{};
  bool active_ = false;  // in this tick

  LineState state_ = LineState::kIdle;
  CallRef ref_ = 0;
  bool hanging_ = false;  // a fault: takes commands, does nothing
  int alarms_ = 0;
  bool administrative_ = false;
  std::string reason_;  // of being out of service
  const char* lastEvent_ = nullptr;
  double lastEventAt_ = 0;

  // The call.
  std::string number_;
  DialParameters parameters_;
  TruthId truth_ = 0;
  Callee callee_;  // waits for the last digit
  bool extensionLeg_ = false;
  bool listening_ = false;
  bool dialToneHeard_ = false;
  bool glare_ = false;
  bool pickedUp_ = false;
  bool verdictGiven_ = false;
  double seizeAt_ = kNotDue;  // seized, or without dial tone given up
  double dialledAt_ = kNotDue;
  double noAnswerAt_ = kNotDue;
  double releaseAt_ = kNotDue;
  double resetAt_ = kNotDue;
  std::optional<Transfer> transfer_;
  std::optional<Playing> playing_;
  std::optional<Collecting> collecting_;
  std::string keys_;  // pressed, not yet collected
  Channel* peer_ = nullptr;
};

}  // namespace board::sim
