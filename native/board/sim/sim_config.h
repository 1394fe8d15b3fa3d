// Configuration of the simulated board. Twin of src/board/sim/config.ts, which checks it and gives the
// defaults; same names, same order. Times in media ms.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "board/board.h"

namespace board::sim {

enum class Kind : uint8_t {
  kLive,
  kMachine,
  kScreening,
  kFax,
  kModem,
  kBusy,
  kCongestion,
  kSit,
  kNoAnswer,
  kSilence,
  kUnobtainable,
};

enum class Codec : uint8_t { kPcm, kAlaw, kUlaw };

struct Subscriber {
  std::string number;
  Kind kind = Kind::kLive;
  int32_t ringMs = 6000;
  int32_t answerPauseMs = 400;
  std::vector<std::string> speech;  // WAV paths, absolute
  int32_t repeatGapMs = 2500;
  float levelDbm0 = -20;
  float noiseDbm0 = -65;
  Codec codec = Codec::kUlaw;
  float lossPct = 0;
  float beepHz = 1000;
  int32_t beepMs = 400;
  cpd::SitCategory sit = cpd::SitCategory::kNone;
  int32_t cause = -1;
  std::string plan;  // empty: the board's
  int32_t patienceMs = 12000;
  int32_t talkMs = 30000;
  std::string ringbackMusic;  // empty: the tone
  int32_t falseAnswerMs = 0;
  std::string dtmf;
};

enum class FaultKind : uint8_t { kNoDialTone, kGlare, kLostEvent, kHang, kAlarm, kDead };

struct Fault {
  FaultKind kind;
  ChannelId channel = 0;
  int32_t times = 1;   // kGlare
  std::string event;   // kLostEvent
  std::string number;  // kLostEvent
  int32_t calls = 1;   // kHang
  int32_t resets = 1;  // kHang
  uint32_t span = 0;   // kAlarm
  AlarmKind alarm = AlarmKind::kRed;
  int32_t atMs = 0;   // kAlarm, kDead
  int32_t forMs = 0;  // kAlarm
};

enum class ExtensionBehaviour : uint8_t { kAnswer, kBusy, kNoAnswer, kRefuse };

struct Extension {
  std::string extension;  // digits, x for any digit
  int32_t answerMs = 600;
  ExtensionBehaviour behaviour = ExtensionBehaviour::kAnswer;
};

struct World {
  std::vector<Subscriber> subscribers;
  bool mixUnlisted = true;      // draw kind and audio from number and seed
  Kind unlisted = Kind::kLive;  // when not mixed
  std::vector<std::string> mixLive, mixMachine;
  std::vector<Extension> extensions;
  std::vector<Fault> faults;
};

struct Trunk {
  TrunkKind kind = TrunkKind::kIsdn;
  int32_t channels = 24;
};

struct Config {
  std::string name = "sim0";
  std::vector<Trunk> trunks;
  std::string plan = "US";
  std::vector<cpd::TonePlan> plans;  // site's own plans, beside the built-in ones
  uint64_t seed = 1;
  bool stepped = false;
  double speed = 1;
  World world;
};

// What was played to the far end, and when; of it `fromMs` to `fromMs + ms` of the file.
struct Heard {
  std::string file;
  double at;
  double fromMs;
  double ms;
};

struct GroundTruth {
  ChannelId channel;
  CallRef ref;
  std::string number;
  Kind kind;
  double dialledAt;
  double answeredAt;              // -1: never
  double greetingEndAt;           // -1: nothing spoken
  double endedAt;                 // -1: not yet
  const char* endedBy;            // "far_end", "drop", "fault", "network"; nullptr: not yet
  double recordsFrom = -1;        // end of a mailbox's beep; -1: it is none, or was not answered
  std::vector<Heard> heard{};     // all that was played
  std::vector<Heard> recorded{};  // what of it the mailbox has
};

}  // namespace board::sim
