// A line of Global Call: ISDN, T1 and E1, DM3, HMP with SIP. The network says how a call goes; the board's
// analysis comes with the call or by dx_dial on the voice device; ours hears the stream of the voice device.
#pragma once

#include <string>

#include "board/dialogic/line/channel.h"
#include "board/dialogic/vendor/isdn_facility.h"

namespace board::dialogic {

// An event of Global Call with what gc_ResultInfo says of it.
struct GcEvent {
  int type = 0;
  int line = 0, crn = 0;
  int result = kNotAsked, ccValue = kNotAsked;
  std::string message;
};

class GcLine : public Channel {
 public:
  GcLine(BoardContext& context, Place place)
      : Channel(context, std::move(place), Family::kGlobalCall,
                {[this] { return sendSlot(); }, [this](long slot) { return listenTo(slot); }},
                {.reference = [this] { return networkReference(); },
                 .ask = [this](int reference) { return askSwitch(reference); },
                 .asked = [this] { return switchAsked_; }}) {}

  void openDevices() override;
  void closeDevices() override;
  void onLine(const GcEvent& event);
  // The last alarm of the span is over.
  void spanClear();
  // The library says that the network carries no calls on this line.
  bool outAtNetwork();

 protected:
  void beginSeize() override;
  void beginDial() override;
  void beginTransfer() override;
  void hangUp() override;
  void beginReset() override;
  void due(Timer timer) override;
  void voiceTold(const VoiceNews& news) override;

 private:
  enum class Consult : uint8_t { kNone, kSetup, kCalling, kCompleting, kEnding };

  void voiceEnded(VoiceIo io, int event);
  void voiceRests();
  void beforeNoAnswer();
  void beforeDeadline();
  long sendSlot();
  Route listenTo(long slot);
  bool askSwitch(int reference);
  int networkReference();
  void onWatch();
  void onPoll();
  void onRetry();
  void opened();
  void expectUnblocked();
  void closeLine();
  void onCall(const GcEvent& event);
  void onConsultation(const GcEvent& event);
  void connected();
  void mediaDetected();
  void networkReleased(const GcEvent& event);
  void analysed();
  void taskFailed(const GcEvent& event);
  void dropCall();
  void releaseCall();
  void callIsGone();
  void restIfSilent();
  void transferEvent(const GcEvent& event);
  bool switchEvent(const GcEvent& event);
  void consultationFailed(FailureReason reason);
  void endConsultation();
  FailureReason transferReason(const GcEvent& event) const;
  int callState() const;
  int gc(const char* function, int result, const std::string& argument = "");
  bool placeCall(int& crn, const std::string& number, bool analysis);

  int line_ = -1;
  int crn_ = 0, consultation_ = 0;
  Consult consult_ = Consult::kNone;
  FailureReason consultReason_ = FailureReason::kTransferRefused;
  bool switchAsked_ = false;  // to take over a bridge
  bool networkBlocked_ = true;
  bool restPending_ = false;
  int reopenings_ = 0;
  int oddStates_ = 0;                 // polls in a row that found another state than ours
  std::optional<EvidenceCopy> held_;  // analysed before the network said connected

  // What gc_MakeCall is given: its block, the parts of it, and the parameters.
  struct Blocks {
    alignas(16) unsigned char gclib[2176];  // four times the size: it grows with releases
    alignas(16) void* makecall[8];
    alignas(16) unsigned char parameters[512];
    IeBlock facility;
  } blocks_{};
};

}  // namespace board::dialogic
