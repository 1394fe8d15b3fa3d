// The one who speaks loudest, apart from softer voices that go on behind.
#pragma once

#include "cpd/voice/voice_activity.h"
#include "cpd/voice/voice_history.h"

namespace cpd {

class MainVoice {
 public:
  // Of the speech found. `leastDbm0`: who was as loud before counts as well.
  MainVoice(const VoiceHistory& history, const VoiceActivity& activity, float leastDbm0 = -90);

  // Of its loudest syllable.
  float dbm0() const { return static_cast<float>(loudest_) * 0.5f - 90; }

  // The frame after its last one within `db` of its loudest parts.
  int end(float db) const;

  // Frames from its first one within `db` of its loudest parts to the last one, since it paused for at least
  // `pauseFrames`.
  int framesWithoutPause(int pauseFrames, float db) const;

 private:
  bool isAt(int frame, int level) const;
  int levelBelowLoudest(float db) const;

  const VoiceHistory& history_;
  const VoiceActivity& activity_;
  int first_, loudest_ = 0;  // half dB above -90 dBm0
};

}  // namespace cpd
