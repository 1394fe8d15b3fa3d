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
#include "board/dialogic/house.h"
#include "board/dialogic/phase.h"
#include "board/dialogic/voice.h"
#include "cpd/call_recording.h"
#include "cpd/detector.h"

namespace board::dialogic {

struct GcEvent;

// Where a line is in the configuration.
struct Place {
  ChannelId id;
  uint32_t span;
  SpanConfig config;
  int index;            // in the span, from 0
  bool bridge = false;  // kept for second legs; no channel of the inventory
};

class Channel {
 public:
  Channel(House& house, Place place, Family family);
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

  // On the SRL thread.
  virtual void openDevices() = 0;
  // The board closes: hang up by what takes no waiting, and close.
  virtual void closeDevices() = 0;
  void onVoice(int event, const void* data, int length);
  virtual void onLine(const GcEvent&) {}
  // The last alarm of the span is over.
  virtual void spanClear() {}
  void runTimers(double now);
  double nextDue() const;
  // Takes the sound that came.
  void hear();
  bool streaming() const { return voice_.io() == VoiceIo::kRecord; }
  // The whole span, or this line of it, can carry no calls, or can again.
  void blocked(bool on, const std::string& reason);
  // From here on changes of service are told. Before, the board is being opened.
  void tellService() { serviceTold_ = true; }

  // The board closes: what is up is dropped, and nothing new is taken.
  void closing();
  bool atRest() const;

  // What was recorded of the call until now goes to its file.
  void saveRecording();

  void describe(Json& json) const;
  void describeDevice(Json& json) const;
  void describeRoutes(Json& json) const;

 protected:
  // A route that was asked for is there now, or will not come.
  void routed(bool ok);

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

  struct Call {
    std::string number;
    DialParameters parameters;
    Cpa cpa = Cpa::kBoard;
    bool listening = false;  // a verdict is wanted
    bool verdictGiven = false;
    bool ringingTold = false;
    bool noAnswerTold = false;
    bool disconnectedTold = false;
    double dialAt = -1;      // the command was carried out
    double answeredAt = -1;  // signalled, or found by analysis
    std::optional<EvidenceCopy> board, ours;
    uint64_t cpaId = 0;
  };

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
  // Brings the line back to idle by force; ends in rested(), or in outOfService() when the watch runs out.
  virtual void beginReset() = 0;
  virtual void onWatch() = 0;  // Timer::kWatch
  virtual void onPoll() {}     // Timer::kPoll
  virtual void onGuard() {}
  virtual void onLoopDrop() {}
  virtual void onRetry() = 0;
  // An operation on the voice channel ended that the family began (hook, dial, analyse).
  virtual void voiceEnded(VoiceIo io, int event) = 0;
  virtual void voiceStatus(int event, int data) = 0;  // TDX_CST
  virtual void voiceRests() {}                        // nothing runs on it any more
  virtual bool beforeNoAnswer() { return false; }     // true: it was answered after all, the event was lost
  virtual void beforeDeadline() {}                    // the last moment for a verdict
  // Asks the switch to join this call with the one of another line, by its network's reference, and to clear
  // both. False: it cannot be asked. It ends in switchRefused(), or in the network's release of this call.
  virtual bool askSwitch(int /*reference*/) { return false; }
  virtual bool switchAsked() const { return false; }
  // The network's reference of the call; -1: none.
  virtual int networkReference() { return -1; }
  // Bus. The slot that this line sends on; -1: none.
  virtual long sendSlot() = 0;
  // False: refused. Global Call routes when its event comes: routing() until then.
  virtual bool listenTo(long slot) = 0;
  virtual bool routing() const { return false; }

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
  // The watch ran out: tells the call, and resets the line.
  void recover(const char* what);

  // Asks what runs on the voice channel to end, and watches that it does.
  void stopVoice();
  void listenToStream();
  bool listenToVoice();
  void boardDecides(EvidenceCopy evidence);
  EvidenceCopy boardEvidence(std::string rule, cpd::Verdict verdict, cpd::SitCategory sit,
                             float confidence) const;
  CpaEntry* cpaEntry() { return house_.cpaLog.find(call_.cpaId); }
  // The switch did not take a bridge over.
  void switchRefused();
  void endOperations();
  void clearCall();
  bool inService() const { return ready_ && !blocked_ && !administrative_ && !failed_; }
  double sinceDial(double at) const { return call_.dialAt < 0 ? 0 : at - call_.dialAt; }

  House& house_;
  const Place place_;
  const Family family_;
  Voice voice_;
  Phase phase_ = Phase::kClosed;
  LineState state_ = LineState::kIdle;
  CallRef ref_ = 0;
  Call call_;
  std::optional<Transfer> transfer_;
  bool dropWanted_ = false;
  bool resetWanted_ = false;
  int retries_ = 0;
  Channel* owner_ = nullptr;   // of a bridge's second leg: whose call it belongs to
  Channel* second_ = nullptr;  // second leg of this call's bridge
  bool blocked_ = false;

 private:
  Status checkCall(CallRef ref) const;
  Status checkAnswered(CallRef ref) const;
  TransferMethod methodOf(TransferStyle style) const;
  void later(std::function<void()> task);
  void tellIfServiceChanged(bool before);
  std::string serviceReason() const;

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
  void routeJoin(CallRef ref, Channel& other, CallRef otherRef);
  void beginBridge();
  void bridgeTold(const Event& event);
  void bridgeFailed(FailureReason reason);
  void secondLeft();
  void leaveBridge();
  void unjoin();
  void unroute();

  std::array<double, kTimers> due_;
  bool ready_ = false;  // opened once
  bool failed_ = false;
  bool administrative_ = false;
  bool serviceTold_ = false;
  std::string blockedReason_ = "opening", failedReason_;
  const char* lastEvent_ = nullptr;
  double lastEventAt_ = 0;

  cpd::Detector detector_;
  cpd::CallRecorder recorder_;
  bool tapWanted_ = false;
  bool answerFed_ = false;
  double streamStart_ = 0;
  int32_t knownDelayMs_;

  std::vector<int16_t> announcement_;
  bool playWanted_ = false, playing_ = false, playStopped_ = false;
  std::optional<DigitLimits> collecting_;
  std::string keys_;
  Channel* peer_ = nullptr;
  bool routed_ = false;  // hears its peer
  bool joinTold_ = false;
  bool secondGone_ = false;
};

}  // namespace board::dialogic
