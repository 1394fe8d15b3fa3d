// Who speaks loudest, and for how long, apart from softer voices that go on behind.
#include "cpd/voice/pattern/main_voice.h"

#include <doctest/doctest.h>

#include "cpd/voice/voice_activity.h"
#include "cpd/voice/voice_history.h"

using cpd::MainVoice;

namespace {

constexpr int kFrames = 300;

// Syllables of 10 frames with 4 softer ones between them: at -20 dBm0 up to frame `until`, then at `behindDbm0`.
struct Heard {
  cpd::VoiceHistory history;
  cpd::VoiceActivity activity;

  Heard(int until, float behindDbm0) {
    history.clear();
    for (int i = 0; i < kFrames; ++i) {
      cpd::FrameFeatures frame;
      frame.levelDbm0 = (i < until ? -20 : behindDbm0) - (i % 14 < 10 ? 0.0f : 12.0f);
      history.push(frame, false);
    }
    activity.first = 0;
    activity.last = kFrames;
    activity.runs = 1;
    activity.run[0] = {0, kFrames};
    activity.active.fill(1);
  }
  MainVoice voice(float leastDbm0 = -90) const { return MainVoice(history, activity, leastDbm0); }
};

}  // namespace

TEST_CASE("voices behind a person do not go on for the person") {
  for (const float behindDbm0 : {-27.0f, -30.0f}) {
    const Heard heard(80, behindDbm0);
    CHECK(heard.voice().dbm0() == doctest::Approx(-20));
    CHECK(heard.voice().end(4) == 80);
    CHECK(heard.voice().framesWithoutPause(50, 6) == 80);
  }
}

TEST_CASE("a recording that grows a little softer goes on") {
  const Heard heard(80, -23);
  CHECK(heard.voice().end(4) >= kFrames - 14);
  CHECK(heard.voice().framesWithoutPause(50, 6) >= kFrames - 14);
}

TEST_CASE("a click is no syllable") {
  Heard heard(80, -30);
  for (int i = 200; i < 203; ++i) heard.history.at(i).level = 160;
  CHECK(heard.voice().dbm0() == doctest::Approx(-20));
  CHECK(heard.voice().end(4) == 80);
}

TEST_CASE("who was louder before is not forgotten when only the voices behind are left") {
  const Heard heard(0, -28);
  CHECK(heard.voice().framesWithoutPause(50, 6) >= kFrames - 14);
  CHECK(heard.voice(-20).framesWithoutPause(50, 6) == 0);
}
