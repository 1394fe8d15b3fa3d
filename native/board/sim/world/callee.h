// What a called number is like, turned into what the line will carry: signals in time and sound.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "board/sim/sim_config.h"
#include "board/sim/sound/audio_script.h"
#include "board/sim/sound/sounds.h"

namespace board::sim {

inline constexpr int32_t kNoEnd = -1;

// Times in ms: routing from the end of dialling, ringing from the end of routing, the rest from pick-up.
struct Callee {
  int32_t routingMs = 0;       // the network is silent
  bool refused = false;        // the network releases at the end of routing with `cause`
  bool alerts = false;         // rings, and a trunk that signals says so
  int32_t ringMs = kNoEnd;     // until pick-up or, if `nobody`, until the network gives up with `cause`
  bool picksUp = false;        // someone or something answers after ringMs
  int32_t falseAnswerMs = 0;   // the answer signal comes so long before the pick-up
  int32_t stayMs = kNoEnd;     // hangs up by itself so long after pick-up
  int32_t greetingEndMs = -1;  // of what is said at pick-up; -1: nothing
  int32_t recordsFromMs = -1;  // a mailbox: end of its beep; -1: it is none
  bool person = false;         // stops its greeting when someone talks to it, hangs up after talkMs
  int32_t talkMs = 0;
  int cause = -1;        // Q.850 of the release, on trunks that have one
  AudioScript early;     // before pick-up: ringback, music, a tone of the network
  AudioScript answered;  // from pick-up on
  AudioScript talk;      // a person's side of a conversation
  std::string dtmf;      // keys pressed when an announcement was played

  float noiseDbm0 = -65;
  Codec codec = Codec::kUlaw;
  float lossPct = 0;
};

struct CalleeSources {
  Sounds& sounds;
  const cpd::TonePlan& plan;  // of the called network
  TrunkKind trunk;
  const World& world;
  uint64_t seed;
};

// Throws std::runtime_error naming a file that cannot be read.
Callee makeCallee(const Subscriber& subscriber, const CalleeSources& sources);

// The far end of a leg to an agent's extension.
Callee makeExtensionCallee(const Extension& extension, const CalleeSources& sources);

}  // namespace board::sim
