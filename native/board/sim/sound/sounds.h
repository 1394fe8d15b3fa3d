// The sounds of the simulated network as clips: tones of a plan, SIT, fax, modem, beeps, digits, voices,
// noise.
#pragma once

#include <cstdint>
#include <string>

#include "board/sim/sound/clip.h"
#include "cpd/tones/plan/tone_plan.h"
#include "cpd/types.h"

namespace board::sim {

class Sounds {
 public:
  // Throws std::runtime_error naming the file.
  ClipPtr wav(const std::string& path) { return clips_.wav(path); }

  // One period of a cadence, to be repeated (played once if the cadence is). `key` names it, e.g. "US
  // ringback".
  ClipPtr cadence(const std::string& key, const cpd::Cadence& cadence, float dbm0);
  ClipPtr sit(cpd::SitCategory category);
  ClipPtr faxAnswer();   // CED, V.21 preamble
  ClipPtr faxCalling();  // one period of CNG
  ClipPtr modemV8();     // ANSam with phase reversals
  ClipPtr modemBell();
  ClipPtr beep(float hz, int32_t ms);
  ClipPtr dtmf(char digit);  // 80 ms on, 80 ms off
  // A made-up voice, one of `kVoices`.
  ClipPtr shortVoice(uint64_t draw);
  ClipPtr longVoice(uint64_t draw);
  // Some seconds of white noise, to be repeated.
  ClipPtr noise();

  static constexpr uint64_t kVoices = 24;

 private:
  ClipStore clips_;
};

}  // namespace board::sim
