// One channel of the board: the port's commands and events on one side, a family of line on the other. What
// all lines have in common is here: the call and its limits, sound, digits, joining, service. Under the
// board's lock; vendor calls are made on the SRL thread only, so a command checks, notes what it changes at
// once, and leaves a task.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "board/board.h"
#include "board/dialogic/line/board_context.h"
#include "board/dialogic/line/connection.h"
#include "board/dialogic/line/ending.h"
#include "board/dialogic/line/line_call.h"
#include "board/dialogic/line/line_ports.h"
#include "board/dialogic/line/phase.h"
#include "board/dialogic/line/playback.h"
#include "board/dialogic/line/service.h"
#include "board/dialogic/line/voice.h"
#include "board/score_teller.h"
#include "cpd/detector_bank.h"
#include "cpd/recording/call_recording.h"

namespace board::dialogic {

// Where a line is in the configuration.
struct Place {
  ChannelId id;
  uint32_t span;
  SpanConfig config;
  int index;            // in the span, from 0
  bool bridge = false;  // kept for second legs; no channel of the inventory
};

// What the voice channel tells the family of a line.
struct VoiceNews {
  enum class What : uint8_t {
    kEnded,   // an operation that the family began (hook, dial, analyse): `io`, `event`
    kStatus,  // TDX_CST: `event`, `data`
    kRests,   // nothing runs on it any more
  };
  What what;
  VoiceIo io = VoiceIo::kNone;
  int event = 0, data = 0;
};

class Channel {
 public:
  Channel(BoardContext& context, Place place, Family family, BusPort bus, SwitchPort toSwitch = {});
  virtual ~Channel() = default;
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  ChannelId id() const { return place_.id; }
  uint32_t span() const { return place_.span; }
  TrunkKind kind() const { return place_.config.kind; }
  bool bridge() const { return place_.bridge; }
  Phase phase() const { return phase_; }
  ChannelState state() const;
  // Opened, or given up for now.
  bool settled() const {
    return phase_ != Phase::kClosed && phase_ != Phase::kOpening && phase_ != Phase::kBlocked;
  }

  // Commands, as in board.h.
  Status seize(CallRef ref);
  Status dial(CallRef ref, const std::string& number, const DialParameters& parameters);
  Status rearm(CallRef ref);
  Status transfer(CallRef ref, const std::string& extension, TransferStyle style);
  Status join(CallRef ref, Channel& other);
  Status part(CallRef ref);
  Status play(CallRef ref, std::vector<int16_t> samples);
  Status stopPlay(CallRef ref);
  Status collectDigits(CallRef ref, const DigitLimits& limits);
  Status drop(CallRef ref);
  Status reset();
  Status setInService(bool inService);
  Status tellScores(bool on);

  // On the SRL thread.
  virtual void openDevices() = 0;
  // The board closes: hang up by what takes no waiting, and close.
  virtual void closeDevices() = 0;
  void onVoice(int event, const void* data, int length);
  void runTimers(double now);
  double nextDue() const;
  // The next frame of the sound that came, for the bank of a tick, and what the detector heard in it. False:
  // there is none.
  bool beginHear(cpd::BankChannel& frame);
  void endHear(std::span<const cpd::Observation> heard);
  bool streaming() const { return voice_.io() == VoiceIo::kRecord; }
  // The whole span, or this line of it, can carry no calls, or can again.
  void blocked(bool on, const std::string& reason);

  // The board closes: what is up is dropped, and nothing new is taken.
  void closing();
  bool atRest() const;

  // What was recorded of the call until now goes to its file.
  void saveRecording();

  void describe(Json& json) const;
  void describeDevice(Json& json) const;
  void describeRoutes(Json& json) const;

 protected:
  // A route that was awaited is there now.
  void routeCame();
  // None of the routes that are awaited will come. False: none was.
  bool routesFailed();
  void forgetRoutes() { routes_ = 0; }

  enum class Timer : uint8_t {
    kWatch,
    kVoice,
    kNoAnswer,
    kDeadline,
    kGuard,
    kRetry,
    kPoll,
    kLoopDrop,
    kDigits
  };
  static constexpr int kTimers = static_cast<int>(Timer::kDigits) + 1;
  static constexpr double kNotDue = 1e300;

  struct Transfer {
    TransferStyle style;
    TransferMethod method;
    std::string extension;
  };

  // The family's part. All of it on the SRL thread.
  virtual void beginSeize() = 0;
  virtual void beginDial() = 0;
  virtual void beginTransfer() = 0;
  // Ends what the vendor has of the call, from whatever phase; ends in rested().
  virtual void hangUp() = 0;
  // Brings the line back to idle by force; ends in rested(), or in outOfService() when the watchdog runs out.
  virtual void beginReset() = 0;
  // A timer ran out. kWatch, kGuard, kRetry, kPoll and kLoopDrop are the family's own. At kNoAnswer and kDeadline the
  // channel acts next: the last moment to ask for an answer or a verdict whose event was lost.
  virtual void due(Timer timer) = 0;
  virtual void voiceTold(const VoiceNews& news) = 0;

  bool move(Phase to);
  void setTimer(Timer timer, double afterMs);
  void clearTimer(Timer timer) { due_[static_cast<int>(timer)] = kNotDue; }
  bool running(Timer timer) const { return due_[static_cast<int>(timer)] != kNotDue; }

  void post(Event&& event);
  void post(EventType type) { post(Event{.type = type}); }
  void fail(const char* command, FailureReason reason);
  void note(std::string text);

  // What happened, from the family.
  void seized();
  void dialled();  // the last digit is out
  void ringing(bool byAudio);
  void answered(bool byAudio);
  void disconnected(int cause);
  void nobodyAnswers();
  void dialFailed(FailureReason reason);
  void transferred(bool channelIsFree);
  void transferFailed(FailureReason reason);
  // Nothing of a call is left at the vendor.
  void rested();
  void outOfService(const std::string& reason);
  void backInService();
  // The watchdog ran out: tells the call, and resets the line.
  void recover(const char* what);

  // Asks what runs on the voice channel to end, and watches that it does.
  void stopVoice();
  void listenToStream();
  bool listenToVoice();
  void boardDecides(EvidenceCopy evidence);
  EvidenceCopy boardEvidence(std::string rule, cpd::Verdict verdict, cpd::SitCategory sit,
                             float confidence) const;
  CpaEntry* cpaEntry() { return context_.cpaLog.find(call_.cpaId); }
  // The switch did not take a bridge over.
  void switchRefused();
  void endOperations();
  void clearCall();
  bool inService() const { return service_.in(); }
  double sinceDial(double at) const { return call_.dialAt < 0 ? 0 : at - call_.dialAt; }

  BoardContext& context_;
  const Place place_;
  const Family family_;
  Voice voice_;
  Phase phase_ = Phase::kClosed;
  LineState state_ = LineState::kIdle;
  CallRef ref_ = 0;
  LineCall call_;
  std::optional<Transfer> transfer_;
  Ending ending_;
  int retries_ = 0;

 private:
  Status checkCall(CallRef ref) const;
  Status checkAnswered(CallRef ref) const;
  TransferMethod methodOf(TransferStyle style) const;
  void later(std::function<void()> task);
  void tellIfServiceChanged(bool before);

  // Takes all the sound that came.
  void hear();
  void startPlay();
  void tickDigits();
  void observe(std::span<const cpd::Observation> observations);
  void observe(const cpd::Observation& observation);
  void give(const EvidenceCopy& evidence);
  void weigh();
  void deadline();
  void voiceIsFree(VoiceIo ended, int event);
  bool connectWith(Channel& other);
  void tellJoined();
  bool listenTo(long slot);
  void routeJoin(CallRef ref, Channel& other, CallRef otherRef);
  void beginBridge();
  void bridgeTold(const Event& event);
  void bridgeFailed(FailureReason reason);
  void secondLeft();
  void leaveBridge();
  // Ends a join on both sides; returns who it was with.
  Channel* leavePeer();
  void unjoin();
  void unroute();

  std::array<double, kTimers> due_;
  Service service_;
  const char* lastEvent_ = nullptr;
  double lastEventAt_ = 0;

  cpd::Detector detector_;
  cpd::CallRecorder recorder_;
  ScoreTeller scores_;
  bool streamWanted_ = false;
  bool answerFed_ = false;
  double streamStart_ = 0;
  AudioStream::Frame frame_;  // taken, with frames before it that were lost and are still to be heard
  bool frameWaits_ = false;
  int32_t knownDelayMs_;

  Playback playback_;
  std::optional<DigitLimits> collecting_;
  std::string keys_;
  Connection connection_;
  const BusPort bus_;
  const SwitchPort switch_;
  int routes_ = 0;  // asked for, not yet there
};

}  // namespace board::dialogic
