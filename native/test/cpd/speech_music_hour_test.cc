// A part of the hour of `npm run sweep -- hour`: speech and music in which nothing may be heard.
#include <doctest/doctest.h>

#include "sweep/music_generator.h"
#include "sweep/speech_music_hour.h"

TEST_CASE("speech and music of the sweep: four minutes without a tone, a key, or a beep in speech") {
  sweep::Options options;
  options.examples = EXAMPLES "/speech";
  options.seed = 2;
  sweep::HourHeard heard = sweep::listenFor(8, options, true);
  CHECK(heard.speechS > 110);
  CHECK(heard.musicS > 110);
  CHECK(heard.inSpeech.empty());
  heard.inMusic.erase("beep");  // a melody may have one: docs/accuracy.md says how many in an hour
  CHECK(heard.inMusic.empty());
}

TEST_CASE("music of the sweep: the same seed gives the same piece, another seed another") {
  sweep::Random random(7);
  const sweep::Sound one = sweep::playMusic(2000, random);
  sweep::Random same(7), other(8);
  CHECK(sweep::playMusic(2000, same) == one);
  CHECK(sweep::playMusic(2000, other) != one);
}
