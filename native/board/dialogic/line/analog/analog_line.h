// An analog line of a voice board (Springware): hook, dialling with the board's analysis or with ours, loop
// current and disconnect tone, transfer by hook flash.
#pragma once

#include "board/dialogic/line/channel.h"

namespace board::dialogic {

class AnalogLine : public Channel {
 public:
  AnalogLine(BoardContext& context, Place place)
      : Channel(context, std::move(place), Family::kAnalog,
                {[this] { return sendSlot(); }, [this](long slot) { return listenTo(slot); }}) {}

  void openDevices() override;
  void closeDevices() override;

 protected:
  void beginSeize() override;
  void beginDial() override;
  void beginTransfer() override;
  void hangUp() override;
  void beginReset() override;
  void due(Timer timer) override;
  void voiceTold(const VoiceNews& news) override;

 private:
  static constexpr double kPollMs = 100;  // how often a channel is asked what no event tells

  enum class Flash : uint8_t { kNone, kWaiting, kBlind, kConsult, kBack };

  void voiceEnded(VoiceIo io, int event);
  void voiceStatus(int event, int data);
  void voiceRests();
  long sendSlot();
  Route listenTo(long slot);
  void onWatch();
  void onPoll();
  void onGuard();
  void onLoopDrop();
  void onRetry();
  void voiceFailed(VoiceIo io);
  void hookEnded();
  void analysed();
  void connected(const CpaNumbers& numbers);
  void intercepted(const CpaNumbers& numbers);
  void onHook();
  void flash();
  void consulted(const CpaNumbers& numbers);
  std::string dialString(bool analysing) const;

  Flash flash_ = Flash::kNone;
  FailureReason flashReason_ = FailureReason::kTransferRefused;
  bool loopCurrentOff_ = false;
  int idlePolls_ = 0;
};

}  // namespace board::dialogic
