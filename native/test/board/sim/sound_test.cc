// The sound behind the simulated lines: clips, audio scripts, the made-up voice; and the list of ground truth.
#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "board/sim/sound/audio_script.h"
#include "board/sim/sound/clip.h"
#include "board/sim/sound/sounds.h"
#include "board/sim/sound/voice.h"
#include "board/sim/world/ground_truth.h"

using board::sim::AudioScript;
using board::sim::ClipPtr;

namespace {

ClipPtr constant(int16_t value, int ms) {
  return board::sim::makeClip(std::vector<int16_t>(static_cast<size_t>(ms) * 8, value));
}

std::vector<float> played(AudioScript& script, int ms) {
  std::vector<float> mix(static_cast<size_t>(ms) * 8);
  for (size_t at = 0; at < mix.size(); at += 160) {
    script.addTo(mix.data() + at, static_cast<int32_t>(std::min<size_t>(160, mix.size() - at)));
  }
  return mix;
}

}  // namespace

TEST_CASE("a clip knows where its sound is and how loud, whatever silence surrounds it") {
  std::vector<int16_t> samples(1000 * 8, 0);
  for (size_t i = 400 * 8; i < 600 * 8; ++i) {
    samples[i] = static_cast<int16_t>(std::lrint(10000 * std::sin(static_cast<double>(i) * 0.7)));
  }
  const ClipPtr clip = board::sim::makeClip(samples);
  CHECK(clip->lengthMs() == 1000);
  CHECK(clip->soundStartMs == 400);
  CHECK(clip->soundEndMs == 600);
  // A full-scale sine is +3.14 dBm0.
  CHECK(clip->activeDbm0 == doctest::Approx(3.14 + 20 * std::log10(10000.0 / 32768)).epsilon(0.01));
}

TEST_CASE("an audio script plays its pieces one after the other and repeats from where it is told") {
  AudioScript script;
  script.clip(constant(100, 30));
  script.repeatFromHere();
  script.quiet(10);
  script.clip(constant(200, 25));
  CHECK(script.lengthMs() == 65);
  const std::vector<float> mix = played(script, 200);
  for (int ms = 0; ms < 200; ++ms) {
    CAPTURE(ms);
    const float expected = ms < 30 ? 100.0f : (ms - 30) % 35 < 10 ? 0.0f : 200.0f;
    CHECK(mix[static_cast<size_t>(ms) * 8 + 4] == expected);
  }
}

TEST_CASE("an audio script that is told to finish ends with the clip that sounds, at once in a pause") {
  AudioScript sounding;
  sounding.repeatFromHere();
  sounding.clip(constant(100, 40));
  sounding.quiet(40);
  AudioScript pausing = sounding;
  played(sounding, 20);
  sounding.finishPiece();
  const std::vector<float> rest = played(sounding, 60);
  CHECK(rest[19 * 8] == 100);
  CHECK(rest[21 * 8] == 0);
  CHECK(sounding.ended());
  played(pausing, 60);
  pausing.finishPiece();
  CHECK(pausing.ended());
}

TEST_CASE("speech is brought to the level asked for") {
  board::sim::Sounds sounds;
  for (const float level : {-35.0f, -12.0f}) {
    AudioScript script;
    script.clip(sounds.longVoice(3), level);
    const std::vector<float> mix = played(script, 3000);
    std::vector<int16_t> samples;
    for (const float x : mix) samples.push_back(static_cast<int16_t>(std::lrint(x)));
    CHECK(std::abs(board::sim::makeClip(samples)->activeDbm0 - level) < 1.5f);
  }
}

TEST_CASE("the made-up voice is the same for the same seed, and has pauses only between phrases") {
  const std::vector<int16_t> voice = board::sim::synthesizeVoice(5, 3000, 1000, 400);
  CHECK(voice == board::sim::synthesizeVoice(5, 3000, 1000, 400));
  CHECK(voice != board::sim::synthesizeVoice(6, 3000, 1000, 400));
  CHECK(voice.size() >= 3000 * 8);
  size_t quiet = 0;
  size_t longest = 0;
  for (const int16_t x : voice) {
    quiet = x == 0 ? quiet + 1 : 0;
    longest = std::max(longest, quiet);
  }
  CHECK(longest >= 400 * 8);
  CHECK(longest <= 480 * 8);
}

TEST_CASE("a mailbox has of what was played to it what came after its beep") {
  board::sim::GroundTruthLog groundTruth;
  const board::sim::TruthId mailbox =
      groundTruth.begin({1, 1, "1", board::sim::Kind::kMachine, 0, -1, -1, -1, nullptr});
  groundTruth.recordsFrom(mailbox, 1000);
  groundTruth.heard(mailbox, "early", 100, 900);
  groundTruth.heard(mailbox, "cut", 900, 1500);
  groundTruth.heard(mailbox, "whole", 2000, 3000);
  groundTruth.heard(mailbox, "nothing", 3000, 3000);
  const board::sim::GroundTruth truth = groundTruth.all()[0];
  REQUIRE(truth.heard.size() == 3);
  REQUIRE(truth.recorded.size() == 2);
  CHECK(truth.recorded[0].file == "cut");
  CHECK(truth.recorded[0].at == 1000);
  CHECK(truth.recorded[0].fromMs == 100);
  CHECK(truth.recorded[0].ms == 500);
  CHECK(truth.recorded[1].file == "whole");
  CHECK(truth.recorded[1].fromMs == 0);
  CHECK(truth.recorded[1].ms == 1000);

  const board::sim::TruthId person =
      groundTruth.begin({1, 2, "2", board::sim::Kind::kLive, 0, -1, -1, -1, nullptr});
  groundTruth.heard(person, "announcement", 100, 900);
  CHECK(groundTruth.all()[1].heard.size() == 1);
  CHECK(groundTruth.all()[1].recorded.empty());
}

TEST_CASE("ground truth is kept up to its limit, and a forgotten one can be written to without harm") {
  board::sim::GroundTruthLog groundTruth;
  const board::sim::TruthId first =
      groundTruth.begin({1, 1, "1", board::sim::Kind::kLive, 0, -1, -1, -1, nullptr});
  board::sim::TruthId last = first;
  for (size_t i = 0; i < board::sim::GroundTruthLog::kKept; ++i) {
    last = groundTruth.begin({1, 2, "2", board::sim::Kind::kLive, 0, -1, -1, -1, nullptr});
  }
  groundTruth.ended(first, 5, "drop");
  groundTruth.ended(last, 6, "drop");
  groundTruth.ended(last, 7, "far_end");
  const std::vector<board::sim::GroundTruth> all = groundTruth.all();
  CHECK(all.size() == board::sim::GroundTruthLog::kKept);
  CHECK(all.front().endedBy == nullptr);
  CHECK(all.back().endedAt == 6);
}
