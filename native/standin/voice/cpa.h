// The stand-in's call progress analysis. The vendor's is a black box; this one knows the truth of the line
// and says it in the vendor's words, at times and with results that the vendor's rules make plausible.
#pragma once

#include <functional>

#include "standin/engine/network_line.h"
#include "standin/voice/voice_numbers.h"

namespace standin {

class Engine;
class Tones;

// Times in ms.
struct CpaSettings {
  bool busy = true, ringing = true, sit = true, fax = true, pvd = true, pamd = true;
  bool quick = false;       // PAMD decides on what happens around the connect
  bool answerPhase = true;  // what comes after the connect is analysed
  double noAnswerMs = 30'000, noSignalMs = 40'000, failMs = 4'000, maxRingGapMs = 8'000, longSoundMs = 6'500;
  double answerEndGapMs = 0;  // ca_ansrdgl; 0: off
  double maxAnswerMs = 10'000;
  bool loopCurrent = false;   // is listened to
  bool loopAnswer = false;    // and tells of every answer
  bool frequencyIds = false;  // DM3 and HMP: SIT by id; else by the three windows
  struct Window {
    double low = 0, high = 0;
  } windows[3] = {};
};

struct CpaResult {
  int result = 0;  // CR_
  int connType = 0, tone = 0, answerSize = 0, sizeHigh = 0, shortLow = 0, longLow = 0;
  int hz[3] = {}, ms10[3] = {}, outside = 0;
  cpd::SitCategory sit = cpd::SitCategory::kNone;
};

// Follows one line from dialling on (or from the middle of a call) until it has a result.
class Cpa final : public Follower {
 public:
  using Done = std::function<void(const CpaResult&)>;

  Cpa(Engine& engine, Tones& tones, NetworkLine& line, CpaSettings settings, Done done);
  ~Cpa() override;
  Cpa(const Cpa&) = delete;
  Cpa& operator=(const Cpa&) = delete;

  void follows(const LegPtr& leg, const board::sim::LineSignals& signals) override;
  bool following() const override { return !over_; }
  // The network says that it is answered: what belongs before the connect is over.
  void connected();

 private:
  void begin(const LegPtr& leg);
  void early(const Leg& leg);
  void answered(const Leg& leg);
  void voice(const Leg& leg);
  void decide(double atMs, CpaResult result);
  void connect(double atMs, int type, const Leg& leg);
  void finish(const CpaResult& result);

  Engine& engine_;
  Tones& tones_;
  NetworkLine& line_;
  CpaSettings settings_;
  Done done_;
  LegPtr leg_;
  bool over_ = false;
  bool answeredSeen_ = false;
};

}  // namespace standin
