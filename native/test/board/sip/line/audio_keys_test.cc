#include "board/sip/line/audio_keys.h"

#include <doctest/doctest.h>

#include <span>
#include <string>
#include <vector>

#include "board/sip/media/audio_stream.h"
#include "media/tone_generator.h"

using namespace board::sip;

namespace {

// As it comes by G.711: 300 ms of silence, the keys, 100 ms of silence.
std::vector<int16_t> pressed(const std::string& keys) {
  std::vector<int16_t> sound(2'400 + 1'280 * keys.size() + 800);
  media::ToneOptions options;
  options.dbm0 = -10;
  media::ToneGenerator(media::dtmfSignal(keys), options).fill(std::span(sound).subspan(2'400));
  std::vector<uint8_t> coded(sound.size());
  encode(Law::kAlaw, sound, coded);
  decode(Law::kAlaw, coded, sound);
  return sound;
}

void hear(AudioKeys& from, const std::vector<int16_t>& sound, std::string& keys) {
  for (size_t at = 0; at < sound.size(); at += cpd::kFrameSamples)
    from.hear(&sound[at], cpd::FrameKind::kAudio, keys);
}

}  // namespace

TEST_CASE("audio keys: each press is one key, also of the same key") {
  AudioKeys from;
  CHECK_FALSE(from.isListening());
  from.listen(cpd::builtInTonePlans().front());
  std::string keys;
  hear(from, pressed("1159*0#D"), keys);
  CHECK(keys == "1159*0#D");
}

TEST_CASE("audio keys: whichever tells a key first tells them all") {
  std::string keys;
  AudioKeys byInfo;
  byInfo.listen(cpd::builtInTonePlans().front());
  byInfo.toldByInfo('5', keys);
  CHECK_FALSE(byInfo.isListening());
  byInfo.listen(cpd::builtInTonePlans().front());
  CHECK_FALSE(byInfo.isListening());
  CHECK(keys == "5");

  AudioKeys byAudio;
  byAudio.listen(cpd::builtInTonePlans().front());
  hear(byAudio, pressed("7"), keys);
  byAudio.toldByInfo('7', keys);
  CHECK(keys == "57");
  CHECK(byAudio.isListening());
}
