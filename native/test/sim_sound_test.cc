// The sound behind the simulated lines: clips, programmes, the made-up voice; and the list of truths.
#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "board/sim/clip.h"
#include "board/sim/programme.h"
#include "board/sim/sounds.h"
#include "board/sim/truths.h"
#include "board/sim/voice.h"

using board::sim::ClipPtr;
using board::sim::Programme;

namespace {

ClipPtr constant(int16_t value, int ms) {
  return board::sim::makeClip(std::vector<int16_t>(static_cast<size_t>(ms) * 8, value));
}

std::vector<float> played(Programme& programme, int ms) {
  std::vector<float> mix(static_cast<size_t>(ms) * 8);
  for (size_t at = 0; at < mix.size(); at += 160) {
    programme.addTo(mix.data() + at, static_cast<int32_t>(std::min<size_t>(160, mix.size() - at)));
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

TEST_CASE("a programme plays its pieces one after the other and repeats from where it is told") {
  Programme programme;
  programme.clip(constant(100, 30));
  programme.repeatFromHere();
  programme.quiet(10);
  programme.clip(constant(200, 25));
  CHECK(programme.lengthMs() == 65);
  const std::vector<float> mix = played(programme, 200);
  for (int ms = 0; ms < 200; ++ms) {
    CAPTURE(ms);
    const float expected = ms < 30 ? 100.0f : (ms - 30) % 35 < 10 ? 0.0f : 200.0f;
    CHECK(mix[static_cast<size_t>(ms) * 8 + 4] == expected);
  }
}

TEST_CASE("a programme that is told to finish ends with the clip that sounds, at once in a pause") {
  Programme sounding;
  sounding.repeatFromHere();
  sounding.clip(constant(100, 40));
  sounding.quiet(40);
  Programme pausing = sounding;
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
    Programme programme;
    programme.clip(sounds.longVoice(3), level);
    const std::vector<float> mix = played(programme, 3000);
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

TEST_CASE("truths are kept up to their limit, and a forgotten one can be written to without harm") {
  board::sim::Truths truths;
  const board::sim::TruthId first =
      truths.begin({1, 1, "1", board::sim::Kind::kLive, 0, -1, -1, -1, nullptr});
  board::sim::TruthId last = first;
  for (size_t i = 0; i < board::sim::Truths::kKept; ++i) {
    last = truths.begin({1, 2, "2", board::sim::Kind::kLive, 0, -1, -1, -1, nullptr});
  }
  truths.ended(first, 5, "drop");
  truths.ended(last, 6, "drop");
  truths.ended(last, 7, "far_end");
  const std::vector<board::sim::Truth> all = truths.all();
  CHECK(all.size() == board::sim::Truths::kKept);
  CHECK(all.front().endedBy == nullptr);
  CHECK(all.back().endedAt == 6);
}
