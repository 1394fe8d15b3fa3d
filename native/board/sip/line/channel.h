// One channel: at most one call, its leg to the far end, and while it is handed over a second leg to an extension. Not
// safe for threads: the board holds its lock around every call.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "board/board.h"
#include "board/json.h"
#include "board/score_teller.h"
#include "board/sip/line/audio_keys.h"
#include "board/sip/line/line_host.h"
#include "board/sip/line/relay_queue.h"
#include "board/sip/media/audio_stream.h"
#include "board/sip/signalling.h"
#include "cpd/detector.h"
#include "cpd/detector_bank.h"
#include "cpd/recording/call_recording.h"

namespace board::sip {

using Announcement = std::shared_ptr<const std::vector<int16_t>>;

class Channel {
 public:
  Channel(ChannelId id, uint32_t span, size_t trunk, LineHost& host);
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  ChannelState state() const;

  // Commands, as in board.h. What they cause is told with the next tick, or later.
  Status seize(CallRef ref);
  Status dial(CallRef ref, const std::string& number, const DialParameters& parameters);
  Status rearm(CallRef ref);
  Status transfer(CallRef ref, const std::string& extension, TransferStyle style);
  Status join(CallRef ref, Channel& other);
  Status part(CallRef ref);
  Status play(CallRef ref, Announcement announcement);
  Status stopPlay(CallRef ref);
  Status collectDigits(CallRef ref, const DigitLimits& limits);
  Status drop(CallRef ref);
  Status reset();
  Status setInService(bool inService);
  Status tellScores(bool on);

  // What signalling says of a leg of this channel.
  void progressed(LegId leg, bool alerting, const std::optional<MediaPlan>& media);
  void answered(LegId leg, const MediaPlan& media);
  void mediaChanged(LegId leg, const MediaPlan& media);
  void keyPressed(LegId leg, char key);
  void sessionLasts(LegId leg, int seconds, bool weRefresh);
  void ended(LegId leg, const Ending& ending);
  void asked(LegId leg, bool lives);
  void referRefused(LegId leg);
  void referTold(LegId leg, int status);

  // The peer of its trunk is down, or there again: it takes no new calls, and those that are not answered yet end.
  void trunkDown(bool down);
  // Its trunk takes no new calls, for that reason, or does again (nullptr). A call that is up goes on.
  void trunkTakesNone(const char* reason);

  // A tick: what is due and what has arrived; then, as long as nextFrame() finds one, a frame that the detector hears
  // (true: `bank` is it, and heard() gets what it made of it); then what is sent.
  void beginTick();
  bool nextFrame(cpd::BankChannel& bank, bool& more);
  void heard(std::span<const cpd::Observation> observations);
  void endTick();

  void describe(Json& json) const;

  // The board closes: what was recorded until now goes to its file.
  void saveRecording();

 private:
  static constexpr double kNotDue = 1e300;

  struct Leg {
    LegId id = 0;
    AudioStream stream;
    RelayQueue toSend;  // sound of the other side
    bool up = false;
    double calledAt = 0;
    bool responded = false;  // the peer answered the INVITE with anything
    bool heardOf = false;    // the far end rang, or sent media
    bool asked = false;      // whether its call is up, since nothing is heard of it
    bool givenUp = false;    // nothing answered for too long: ended() comes, or what was quicker
    size_t trunk = 0, address = 0;
    uint32_t tried = 0;                            // addresses of the trunk, a bit each
    double refreshAt = kNotDue, endsAt = kNotDue;  // of its session
  };
  struct Transfer {
    TransferStyle style;
    std::string extension;
    double endsAt;
    bool taken = false;  // the far end said that it will do it
  };
  struct Playing {
    Announcement announcement;
    size_t at = 0;
    bool stopped = false;
  };
  struct Collecting {
    DigitLimits limits;
    double endsAt;
  };

  const char* reason() const;  // of being out of service
  Status checkCall(CallRef ref) const;
  Status checkAnswered(CallRef ref) const;
  // A call that is there goes on, whatever its trunk does.
  bool inService() const { return !administrative_ && ((!trunkDown_ && takesNone_ == nullptr) || ref_ != 0); }
  void tellService(bool before);  // events of what has become of it since

  void post(Event&& event);
  void post(EventType type) { post(Event{.type = type}); }
  void fail(const char* command, FailureReason reason);

  bool call(Leg& leg, size_t trunk, const std::string& number, uint32_t tried = 0);
  bool callElsewhere(Leg& leg, const std::string& number, const Ending& ending);
  void hangUp(Leg& leg);
  void count(const Leg& leg);
  void tickFirstResponse(Leg& leg);
  void startDialling();
  void disconnected(int cause);
  void observe(const cpd::Observation& observation);
  EvidenceCopy evidenceWithQuality() const;
  void endOperations();
  void unjoin();
  void clearCall();
  bool channelDue();
  // When a leg of which nothing is heard is over.
  struct SilenceRule {
    bool counts;  // it was to be heard
    int32_t timeoutMs, longestMs;
    int cause;
  };

  void tickCall();
  void tickSeizing();
  SilenceRule silenceOf(const Leg& leg) const;
  bool isSilent(const Leg& leg) const;
  bool isOver(Leg& leg);
  bool tickSession(Leg& leg);
  void tickPlay();
  void tickDigits();
  const int16_t* soundToSend();

  void callAgent();
  void agentAnswered();
  void agentEnded(const Ending& ending);
  void handOver();
  void bridge();
  void transferFailed(FailureReason reason);
  void tickTransfer();

  const ChannelId id_;
  const uint32_t span_;
  const size_t trunk_;
  LineHost& host_;
  cpd::Detector detector_;
  cpd::CallRecorder recorder_;
  ScoreTeller scores_;
  std::array<int16_t, cpd::kFrameSamples> received_{};

  LineState state_ = LineState::kIdle;
  CallRef ref_ = 0;
  bool trunkDown_ = false, administrative_ = false;
  const char* takesNone_ = nullptr;  // why its trunk takes no new calls
  const char* lastEvent_ = nullptr;
  double lastEventAt_ = 0;

  // The call.
  std::string number_;
  DialParameters parameters_;
  Leg main_, agent_;
  bool seizing_ = false;  // kSeized is to be told when the trunk takes a call
  double seizedAt_ = 0;
  bool waitsForPace_ = false;  // the trunk takes no call yet
  bool listening_ = false, proceeding_ = false, verdictGiven_ = false;
  bool bridged_ = false;  // to the agent's leg
  double bridgedAt_ = 0;
  double noAnswerAt_ = kNotDue, releaseAt_ = kNotDue, resetAt_ = kNotDue;
  std::optional<Transfer> transfer_;
  std::optional<Playing> playing_;
  std::optional<Collecting> collecting_;
  std::string keys_;  // pressed, not yet collected
  AudioKeys audioKeys_;
  std::array<int16_t, cpd::kFrameSamples> played_{};
  Channel* peer_ = nullptr;
};

}  // namespace board::sip
