// The stand-in's configuration, checked.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "board/sim/sim_config.h"

namespace standin {

enum class Family { kSpringware, kDm3, kHmp };
enum class ClockKind { kStep, kFree, kPaced };

struct BoardSettings {
  Family family = Family::kHmp;
  int channels = 4;
  bool e1 = false;              // dm3
  std::string access;           // springware: digits of the trunk access code, not part of the number
  bool loopAnswer = false;      // springware: the exchange reverses loop current when the far end answers
  bool disconnectTone = false;  // springware: busy tone instead of a loop break when the far end hangs up
};

struct FaultSettings {
  std::string kind;
  std::string device;    // empty: any
  std::string function;  // task_fail; empty: any
  unsigned event = 0;    // lost_event
  int times = 1;
  int resets = 1;     // hang
  int span = 0;       // alarm, alarm_storm
  std::string alarm;  // "red", "blue", "yellow", "layer2", "no_loop_current"
  double atMs = 0;
  double forMs = 0;  // 0: until ended
  int count = 100;   // alarm_storm
};

// Chances: of each event, each asynchronous call, each second and span, each second.
struct RandomFaults {
  uint64_t seed = 1;
  double lostEvent = 0, taskFail = 0, alarmStorm = 0, crash = 0;
};

struct Settings {
  std::string plan = "US";
  uint64_t seed = 1;
  ClockKind clock = ClockKind::kPaced;
  double speed = 1;
  std::vector<BoardSettings> boards;
  board::sim::World world;
  std::vector<FaultSettings> faults;
  RandomFaults random;
  int uioBytes = 400;
  std::string log, report;
};

// Both throw BadConfiguration.
Settings readSettings(std::string_view json);
FaultSettings readFault(std::string_view json);

// As in the configuration: "live", "no_answer".
const char* kindName(board::sim::Kind kind);

}  // namespace standin
