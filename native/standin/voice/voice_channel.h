// A voice channel: hook and dialling of an analog line, call progress analysis, play, record, digits, tones.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "standin/engine/abi.h"
#include "standin/engine/bus.h"
#include "standin/engine/network_line.h"
#include "standin/voice/cpa.h"
#include "standin/voice/tones.h"
#include "standin/voice/voice_io.h"

namespace standin {

class Engine;
struct Opened;

class STANDIN_SHARED VoiceChannel final : public Port, public LineUser {
 public:
  VoiceChannel(Engine& engine, std::string name, const BoardSettings& board, NetworkLine* own);
  ~VoiceChannel() override;

  // Operations. 0: begun (or, synchronous, done; dx_dial then gives the result of the analysis); -1: the
  // handle's last error says why.
  int hook(Opened& by, int state, int mode, std::unique_lock<std::mutex>& lock);
  int dial(Opened& by, const char* digits, const DxCap* cap, int mode, std::unique_lock<std::mutex>& lock);
  int io(Opened& by, bool record, const DxIott* iott, const DvTpt* tpt, const DxXpb* xpb, int mode,
         std::unique_lock<std::mutex>& lock);
  int playTone(Opened& by, const TnGen& tone, const DvTpt* tpt, int mode, std::unique_lock<std::mutex>& lock);
  int digits(Opened& by, const DvTpt* tpt, DvDigit* into, int mode, std::unique_lock<std::mutex>& lock);
  int stop(Opened& by, int mode, std::unique_lock<std::mutex>& lock);
  int reset(Opened& by, int mode, std::unique_lock<std::mutex>& lock);
  int listen(Opened& by, long slot);
  // A closed handle leaves nothing behind.
  void released(const Opened& by);
  int fail(Opened& by, int error);

  void tick();
  bool hungry() const override;
  const Frame* sends() override { return sounding_ ? &sent_ : nullptr; }
  void hears(const Frame* frame) override;

  void signalled(const LegPtr& leg, const board::sim::LineSignals& signals) override;
  void blocked(bool on, const std::string& alarm) override;

  // The far end pressed a key.
  void key(char digit);

  // The line it hears, nullptr if none.
  NetworkLine* heardLine();
  int state() const;
  bool loopCurrent() const;
  bool offHook() const { return offHook_; }
  bool busy() const { return op_ != Op::kNone; }

  const std::string name;
  const BoardSettings board;
  NetworkLine* const own;  // springware: its analog line
  CpaResult result;
  int cpError = 0, termMask = 0, toneId = 0, dtnFail = 0;
  long transferred = 0;
  std::string digitBuffer;
  std::vector<OwnTone> tones;
  std::vector<ToneListener> listeners;
  unsigned eventMask = 0;
  bool perfectCall = false, tonesDeleted = false;
  int flashTime = 50, pauseTime = 200;  // 10 ms
  char flashChar = '&';
  DxUio uio{};
  bool ownUio = false;
  int ownFile = -1;  // opened by the library for this operation

 private:
  enum class Op { kNone, kHook, kDial, kCallp, kPlay, kRecord, kDigits, kTone, kReset };

  // Begins an operation. False: it cannot, and the error is set.
  bool begin(Opened& by, Op op, int mode, const char* function);
  // Waits for the end of a synchronous one.
  int finishSync(Opened& by, std::unique_lock<std::mutex>& lock);
  void complete(unsigned event, std::vector<uint8_t> data = {});
  void clear();
  void endIo(int mask);
  void dialNext();
  void dialled();
  void flash();
  void hungUp();
  void startCpa();
  void cpaDone(const CpaResult& found);
  void status(int event, int data);
  bool terminates();
  void transferLegs();
  CpaSettings cpaSettings() const;

  Engine& engine_;
  Op op_ = Op::kNone;
  int opHandle_ = 0;
  bool sync_ = false, syncDone_ = false, stopping_ = false;
  unsigned syncEvent_ = 0;
  double opStart_ = 0;

  // Dialling.
  std::string dialString_, dialledDigits_;
  size_t dialAt_ = 0;
  bool dialCallp_ = false;
  DxCap cap_{};
  const DxCap* capAt_ = nullptr;
  char dialMode_ = 'T';
  std::unique_ptr<Cpa> cpa_;

  // The analog line.
  bool offHook_ = false;
  LegPtr held_;
  bool flashed_ = false;  // dialling on the second leg

  // Play and record.
  std::optional<Player> player_;
  std::optional<Recorder> recorder_;
  std::vector<DvTpt> terms_;
  DvDigit* digitsInto_ = nullptr;
  double lastDigitAt_ = 0;
  bool loopDropped_ = false;
  int toneHeard_ = 0;
  bool toneHeardOn_ = false;
  double silentMs_ = 0, loudMs_ = 0;
  Frame sent_{};
  bool sounding_ = false;
  double toneLeftMs_ = 0, tonePhase_ = 0;
  TnGen tone_{};
};

}  // namespace standin
