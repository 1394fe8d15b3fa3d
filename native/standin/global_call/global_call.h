// Global Call: line devices and calls, and the events they owe.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "standin/engine/engine.h"
#include "standin/engine/network_line.h"
#include "standin/global_call/gc_numbers.h"
#include "standin/voice/cpa.h"

namespace standin {

class GcLine;

// Call analysis as asked for by parameters (set 0x460C); -1: not said.
struct CallAnalysis {
  int mode = -1, speed = -1, noAnswer = -1, noSignal = -1, failure = -1;
};

struct GcCall {
  vlong crn = 0;
  GcLine* line = nullptr;
  LegPtr leg;
  int state = GCST_NULL;
  bool dropping = false, releasing = false, released = false;
  bool consultation = false;
  bool transferred = false;  // its far end goes on without us
  int connectType = 0;       // GCCT_
  GcCall* other = nullptr;   // the held one and its consultation
  std::unique_ptr<Cpa> cpa;
};

class STANDIN_SHARED GcLine final : public LineUser {
 public:
  GcLine(Engine& engine, Opened& device, NetworkLine* network, int span);

  void signalled(const LegPtr& leg, const board::sim::LineSignals& signals) override;
  void blocked(bool on, const std::string& alarm) override;

  void opened();
  int makeCall(vlong* crn, std::string number, const CallAnalysis& analysis, int timeoutS,
               GcCall* consultation);
  int drop(GcCall& call, int cause);
  int release(GcCall& call);
  int reset();
  int hold(GcCall& call, bool on);
  int blindTransfer(GcCall& call, const std::string& number);
  int setupTransfer(GcCall& call, vlong* crn);
  int completeTransfer(GcCall& held, GcCall& second);
  int twoChannelTransfer(GcCall& call, GcCall* other);
  void transferredAway(GcCall& call);
  int swapHold(GcCall& one, GcCall& other);
  int invokeTransfer(GcCall& call, GcCall* second, const std::string& number);
  void closed();

  // An event of this line; `call` may be null.
  void tell(unsigned event, GcCall* call, int gcValue = GCRV_NORMAL, int ccValue = 0,
            const char* message = nullptr, std::vector<uint8_t> ext = {});
  int cclib() const;
  bool live() const;  // a call that is not released

  Engine& engine;
  Opened& device;
  NetworkLine* const network;  // nullptr: a board device
  const int span;
  VoiceChannel* voice = nullptr;
  int voiceHandle = 0, mediaHandle = 0, networkHandle = 0;
  void* usrattr = nullptr;
  CallAnalysis analysis;         // of the channel
  std::vector<GcCall*> current;  // not released, oldest first
  unsigned mask;
  bool isOpen = false, unblockedOnce = false, alarmsNotified = false, resetting = false;

 private:
  void disconnected(GcCall& call, int gcValue, int ccValue, const char* message);
  void startAnalysis(GcCall& call, const CallAnalysis& given);
  void analysed(GcCall& call, const CpaResult& result);
  void gone(GcCall& call);
  void byCause(GcCall& call, int cause);
  bool taskFails(const char* function, GcCall* call);
};

class STANDIN_SHARED GlobalCall {
 public:
  explicit GlobalCall(Engine& engine) : engine_(engine) {}

  // 0 or -1 with the thread's error set.
  int start(const GcStart* libraries);
  int stop();
  int open(vlong* handle, const char* name, void* usrattr);
  bool running() const { return state_ == State::kRunning; }
  // Nullptr with the error set: not started, no such call, released.
  GcCall* call(vlong crn, const char* function);
  GcCall& newCall(GcLine& line);
  std::deque<GcCall>& calls() { return calls_; }
  long unreleased() const;
  void spanAlarm(int span, const std::string& alarm, bool on);
  bool transferEnabled() const { return transferEnabled_; }
  int fail(int error, const char* message);
  bool check();  // running, else the error is set
  static const char* libraryName(int id);

  // Parameter blocks that the application has yet to delete.
  std::map<const void*, size_t> blocks;
  std::deque<GcLine> lines;
  long requests = 0;

 private:
  enum class State { kNew, kRunning, kStopped };

  Engine& engine_;
  State state_ = State::kNew;
  std::vector<std::string> libraries_;  // empty: all
  bool transferEnabled_ = false;
  std::deque<GcCall> calls_;
  std::map<int, int> spanAlarms_;
};

// Result of Global Call for a cause of Q.850.
int resultOfCause(int cause);
int sipStatusOfCause(int cause);

}  // namespace standin
