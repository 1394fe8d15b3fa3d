// A channel of the network: an analog line, a slot of a span, an IP channel. Its calls are the simulator's
// lines; the stand-in's own part is only who is called and who hears it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "board/sim/line.h"
#include "standin/engine/abi.h"
#include "standin/engine/bus.h"
#include "standin/engine/settings.h"

namespace standin {

class World;

// One call on the line, or only its open loop.
struct Leg {
  Leg(board::TrunkKind kind, uint64_t seed) : line(kind, seed) {}

  board::sim::Line line;
  board::sim::Callee callee;  // from dialling on
  std::string number;
  board::sim::Kind kind = board::sim::Kind::kLive;
  std::string plan;  // of the called network
  cpd::SitCategory sit = cpd::SitCategory::kNone;
  bool extension = false;
  bool music = false;     // instead of ringback
  bool dialTone = false;  // the exchange sends it
  double openedAt = 0, dialledAt = -1, pickedUpAt = -1, endedAt = -1;
  bool alerting = false, answered = false, hungUp = false, released = false;
  int cause = -1;
  bool talked = false;
  size_t record = static_cast<size_t>(-1);  // in the world's list of calls
  Frame received{};
  bool sounding = false;  // `received` is of this frame

  bool dialled() const { return dialledAt >= 0; }
  bool up() const { return pickedUpAt >= 0 && !hungUp; }
  double earlyAt() const { return dialledAt + callee.routingMs; }
};

using LegPtr = std::shared_ptr<Leg>;

// Whoever works the line: a voice channel (analog) or Global Call.
class LineUser {
 public:
  virtual ~LineUser() = default;
  virtual void signalled(const LegPtr& leg, const board::sim::LineSignals& signals) = 0;
  // The first alarm came or the last one went.
  virtual void blocked(bool on, const std::string& alarm) = 0;
};

// Whoever follows a call by listening to it.
class Follower {
 public:
  virtual ~Follower() = default;
  virtual void follows(const LegPtr& leg, const board::sim::LineSignals& signals) = 0;
  virtual bool following() const = 0;  // still has something to find out
};

class STANDIN_SHARED NetworkLine final : public Port {
 public:
  NetworkLine(World& world, std::string name, int board, Family family, board::TrunkKind kind, int span);

  // A new leg, off hook; it becomes the one that is heard.
  LegPtr openLeg(bool dialTone);
  // Dials on it. `silent`: nobody hears of it in the list of calls.
  void dial(const LegPtr& leg, const std::string& number);
  void drop(const LegPtr& leg, const char* by);
  // The call goes on elsewhere: its far end stays, the leg is gone from here.
  void handOver(const LegPtr& leg, double staysMs);

  void tick();
  void raise(const std::string& alarm, bool on);
  bool blocked() const { return alarms_ > 0; }
  const std::string& alarm() const { return alarm_; }

  bool hungry() const override { return active && active->up(); }
  const Frame* sends() override { return active && active->sounding ? &active->received : nullptr; }
  void hears(const Frame* frame) override;
  bool network() const override { return true; }

  const std::string name;
  const int board;  // index in the settings
  const Family family;
  const board::TrunkKind kind;
  const int span;
  LegPtr active;  // the one that is heard
  std::vector<LegPtr> legs;
  LineUser* user = nullptr;
  std::vector<Follower*> followers;
  float sentDbm0 = -100;

 private:
  World& world_;
  int alarms_ = 0;
  std::string alarm_;
  uint64_t seed_;
};

}  // namespace standin
