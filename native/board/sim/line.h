// A line: what the network and the far end do on it, in signals and in sound, frame by frame. It knows
// nothing of the board that listens.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "board/sim/random.h"
#include "board/sim/world/callee.h"
#include "cpd/types.h"

namespace board::sim {

// What a frame brought besides sound.
struct LineSignals {
  bool proceeding = false;
  bool alerting = false;
  bool answered = false;  // the answer signal; not on analog trunks
  bool pickedUp = false;  // the truth, on all trunks
  bool hungUp = false;    // the truth: the far end, or the network for it, ended the call
  bool released = false;  // what the trunk tells of it
  int cause = -1;         // of the release
  char digit = 0;         // a key the far end pressed, heard to its end
};

class Line {
 public:
  Line(TrunkKind trunk, uint64_t seed) : trunk_(trunk), random_(seed) {}

  // Off hook, the exchange sends this as dial tone; nullptr: it stays silent.
  void offHook(const ClipPtr& dialTone, const ClipPtr& noise);
  // The board dials; dial tone ends.
  void dialling();
  // The last digit is out; from here the callee's time runs.
  void dialled(Callee callee, const ClipPtr& noise);
  // An agent talks with the far end (or no longer).
  void talk();
  // An announcement is played to the far end: a person listens and presses the keys it would press.
  void listen(int32_t announcementMs, Sounds& sounds);
  // On hold: a person says nothing and stays at least so long.
  void hold(int32_t ms);
  void onHook();

  bool up() const { return phase_ == Phase::kUp; }
  const Callee& callee() const { return callee_; }

  // Moves time on by a frame. `samples` may be null: time passes, nothing is rendered.
  cpd::FrameKind frame(int16_t* samples, LineSignals& signals);

 private:
  enum class Phase : uint8_t { kIdle, kOffHook, kDialling, kRouting, kEarly, kUp, kGone };

  void step(LineSignals& signals);
  void enter(Phase phase);
  void release(LineSignals& signals);
  void pressKeys(LineSignals& signals);
  void render(int16_t* samples);

  TrunkKind trunk_;
  Random random_;
  Phase phase_ = Phase::kIdle;
  int32_t inPhaseMs_ = 0;
  Callee callee_;
  AudioScript voice_;  // what the far end or the exchange sends now
  AudioScript noise_;
  bool talking_ = false;         // the callee's greeting is over: it converses
  int32_t hangUpAtMs_ = kNoEnd;  // in kUp
  int32_t loopDropMs_ = kNoEnd;  // analog: until the loop current drops
  bool answerSent_ = false;
  int32_t keyAtMs_ = kNoEnd;  // end of the next key, in kUp
  size_t keysPressed_ = 0;
};

}  // namespace board::sim
