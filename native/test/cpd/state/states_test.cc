// The parts of a detector's state: which moves there are, and which have no effect.
#include <doctest/doctest.h>

#include <array>

#include "cpd/state/answer_state.h"
#include "cpd/state/greeting.h"
#include "cpd/state/line_music.h"
#include "cpd/state/ringing.h"
#include "cpd/state/verdict_state.h"

using cpd::AnswerState;
using cpd::Greeting;
using cpd::kNever;
using cpd::LineMusic;
using cpd::Ringing;
using cpd::VerdictState;

namespace {

cpd::FrameFeatures tone(float hz, float dbm0, float purity = 0.9f) {
  cpd::FrameFeatures frame;
  frame.peakHz = hz;
  frame.levelDbm0 = dbm0;
  frame.pairPurity = purity;
  return frame;
}

}  // namespace

TEST_CASE("answer: the first one counts, and only an inferred one is taken back") {
  AnswerState answer;
  CHECK_FALSE(answer.isAnswered());
  CHECK(answer.frame() == -1);
  answer.takeBack();
  CHECK_FALSE(answer.isAnswered());

  answer.infer(7);
  answer.signal(9);
  answer.infer(11);
  CHECK(answer.isInferred());
  CHECK_FALSE(answer.isSignalled());
  CHECK(answer.frame() == 7);
  answer.takeBack();
  CHECK_FALSE(answer.isAnswered());
  CHECK(answer.frame() == -1);

  answer.signal(9);
  answer.infer(11);
  answer.takeBack();
  CHECK(answer.isSignalled());
  CHECK(answer.frame() == 9);
}

TEST_CASE("verdict: given once, corrected once, and never corrected before it is given") {
  VerdictState verdict;
  CHECK(verdict.isOpen());
  CHECK_FALSE(verdict.correct());
  CHECK(verdict.isOpen());
  CHECK(verdict.give());
  CHECK_FALSE(verdict.isOpen());
  CHECK_FALSE(verdict.give());
  CHECK_FALSE(verdict.isCorrected());
  CHECK(verdict.correct());
  CHECK(verdict.isCorrected());
  CHECK_FALSE(verdict.correct());
  CHECK_FALSE(verdict.give());
}

TEST_CASE("greeting: it ends in a pause, stays ended, and who speaks then speaks after it") {
  Greeting greeting;
  greeting.beginSpeech();
  CHECK(greeting.isSpeaking());
  greeting.end();  // not while somebody speaks
  CHECK_FALSE(greeting.isOver());
  greeting.endSpeech();
  CHECK_FALSE(greeting.isSpeaking());
  greeting.end();
  CHECK(greeting.isOver());
  CHECK_FALSE(greeting.isSpeaking());
  greeting.beginSpeech();
  CHECK(greeting.isSpeaking());
  CHECK(greeting.isOver());
  greeting.endSpeech();
  CHECK_FALSE(greeting.isSpeaking());
  CHECK(greeting.isOver());
}

TEST_CASE("greeting: speech that was none is forgotten, who speaks is followed on") {
  Greeting greeting;
  greeting.beginSpeech();
  greeting.speechUntil(1200);
  CHECK(greeting.speechEndMs() == 1200);
  greeting.forgetSpeech();
  CHECK(greeting.speechEndMs() == kNever);
  CHECK(greeting.isSpeaking());
}

TEST_CASE("ringing: dial tone and ringback are each remembered, and forgotten for another party") {
  Ringing ringing;
  CHECK_FALSE(ringing.heardDialtone());
  ringing.hearDialtone();
  CHECK(ringing.heardDialtone());
  CHECK_FALSE(ringing.heardRingback());
  ringing.hearRingback(3000);
  CHECK(ringing.heardDialtone());
  CHECK(ringing.heardRingback());
  CHECK(ringing.lastMs() == 3000);
  ringing.goesOn(4000);
  CHECK(ringing.lastMs() == 4000);
  CHECK(ringing.ringsBeforeAnswer(9500));
  CHECK_FALSE(ringing.ringsBeforeAnswer(9501));

  ringing.setFrequencies(std::array<float, 3>{440, 480, 0});
  ringing.toneAt(-20);
  ringing.ringsAfterAnswer();
  ringing.forget();
  CHECK_FALSE(ringing.heardDialtone());
  CHECK_FALSE(ringing.heardRingback());
  CHECK(ringing.lastMs() == kNever);
  CHECK_FALSE(ringing.ringsOnAfterAnswer());
  CHECK(ringing.isOn(440));
  CHECK(ringing.toneDbm0() == -20);
}

TEST_CASE(
    "ringing: after answer it goes on once it was heard for longer than the burst that the answer cut") {
  Ringing ringing;
  for (int frame = 0; frame < 19; ++frame) ringing.ringsAfterAnswerInFrame();
  CHECK_FALSE(ringing.ringsOnAfterAnswer());
  ringing.ringsAfterAnswerInFrame();
  CHECK(ringing.ringsOnAfterAnswer());
}

TEST_CASE("ringing: pieces of a torn tone count on its frequency, at its level, in a row") {
  Ringing ringing;
  CHECK(ringing.follow(tone(440, -20)) == 0);  // no frequency known yet
  CHECK_FALSE(ringing.knowsFrequencies());
  ringing.setFrequencies(std::array<float, 3>{440, 480, 0});
  ringing.toneAt(-20);
  ringing.toneAt(-30);  // the loudest counts
  CHECK(ringing.follow(tone(445, -26)) == 1);
  cpd::FrameFeatures lost;
  lost.lost = true;
  CHECK(ringing.follow(lost) == 1);
  CHECK(ringing.follow(tone(470, -14)) == 2);
  CHECK(ringing.follow(tone(440, -28)) == 0);  // too soft
  CHECK(ringing.follow(tone(440, -20)) == 1);
  CHECK(ringing.follow(tone(600, -20)) == 0);  // elsewhere
  CHECK(ringing.follow(tone(440, -20)) == 1);
  CHECK(ringing.follow(tone(440, -20, 0.5f)) == 0);  // no clean tone
}

TEST_CASE("music instead of ringing: a pause ends it, and it begins anew only when it is said to") {
  LineMusic music;
  CHECK_FALSE(music.isPlaying());
  CHECK_FALSE(music.isHeard());
  const cpd::FrameFeatures loud = tone(440, -20), quiet = tone(440, -60);
  CHECK(music.endsBefore(quiet, 1) == 0);
  CHECK_FALSE(music.isPlaying());

  music.begin(-20);
  CHECK(music.isPlaying());
  for (int frame = 1; frame < 10; ++frame) CHECK(music.endsBefore(quiet, frame) == 0);
  CHECK(music.endsBefore(loud, 11) == 0);  // the count begins anew
  for (int frame = 1; frame < 10; ++frame) CHECK(music.endsBefore(quiet, frame) == 0);
  CHECK(music.isPlaying());
  // Nothing was pushed: what came before the pause was no music either.
  CHECK(music.endsBefore(quiet, 21) == 35);
  CHECK_FALSE(music.isPlaying());
  CHECK(music.endsBefore(quiet, 22) == 0);
}

TEST_CASE("music instead of ringing: a louder voice over it ends it") {
  LineMusic music;
  music.begin(-30);
  cpd::FrameFeatures voice = tone(200, -24);
  voice.voicing = 0.8f;
  for (int frame = 1; frame < 10; ++frame) CHECK(music.endsBefore(voice, frame) == 0);
  CHECK(music.endsBefore(voice, 11) == 0);
  CHECK(music.endsBefore(voice, 12) == 0);
  CHECK(music.endsBefore(voice, 13) == 24);
  CHECK_FALSE(music.isPlaying());
}
