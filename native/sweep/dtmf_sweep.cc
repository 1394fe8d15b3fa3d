// The keys of a telephone (DTMF), anywhere within the limits of ITU-T Q.24.
#include <algorithm>
#include <cstdio>

#include "media/tone_generator.h"
#include "sweep/detector_run.h"
#include "sweep/speech_clips.h"

namespace sweep {

namespace {

constexpr double kShortestMs = 40, kLongestMs = 300;
constexpr double kLeastSnrDb = 12;

std::string digitsOf(const Said& said) {
  std::string digits;
  for (const cpd::Observation& o : said.of(cpd::ObservationKind::kTone)) {
    if (o.tone != cpd::ToneId::kDtmf) continue;
    const auto row = std::ranges::find(media::kDtmfRowsHz, o.hz[0]) - media::kDtmfRowsHz;
    const auto column = std::ranges::find(media::kDtmfColumnsHz, o.hz[1]) - media::kDtmfColumnsHz;
    digits += media::kDtmfKeys[static_cast<size_t>(4 * row + column)];
  }
  return digits;
}

// Some digits of a person who presses keys or of a machine that sends them, each as long as the others.
Sound keys(const std::string& digits, double onMs, double offMs, Random& random) {
  media::ToneOptions how;
  how.hzFactor = random.between(0.985, 1.015);
  how.twistDb = random.between(-8, 4);
  how.dbm0 = random.between(-28, -4) - std::max(0.0, how.twistDb);
  std::vector<int16_t> samples(
      static_cast<size_t>(static_cast<double>(digits.size()) * (onMs + offMs) * kSamplesPerMs));
  media::ToneGenerator(media::dtmfSignal(digits, onMs, offMs), how).fill(samples);
  return Sound(samples.begin(), samples.end());
}

}  // namespace

int sweepKeys(const Options& options) {
  const Speech speech(options.examples);
  Table table("keys, each call whole");
  constexpr const char* kLengths[] = {"40 to 60 ms", "60 to 300 ms"};
  for (int length = 0; length < 2; ++length) {
    for (int c = 0; c < kConditions; ++c) {
      for (int n = 0; n < options.seeds; ++n) {
        Random random = options.draw(n, 100 * length + c);
        const double onMs = length == 0 ? random.between(kShortestMs, 60) : random.between(60, kLongestMs);
        const double offMs = std::max(kShortestMs, onMs * random.between(0.7, 1.5));
        std::string digits;
        for (int i = 0; i < 6; ++i) digits += "0123456789*#ABCD"[random.below(16)];
        Sound call = quiet(random.between(100, 600));
        if (random.chance(0.5)) {
          append(call, speech.any("live", random.between(-28, -14), random));
          append(call, quiet(random.between(100, 600)));
        }
        const Sound sound = keys(digits, onMs, offMs, random);
        append(call, sound);
        append(call, quiet(600));
        const double snr =
            random.between(kLeastSnrDb, 25) + dbOf(activeRms(call) / std::max(1.0, activeRms(sound)));
        const Heard heard = throughLine(std::move(call), static_cast<Condition>(c), snr, random);
        const std::string said = digitsOf(hear(*cpd::findTonePlan("US"), heard, cpd::StartAt::kAnswer));
        table.add(kLengths[length], nameOf(static_cast<Condition>(c)), said == digits);
        if (said != digits) {
          const std::string name = std::string("keys-") + kLengths[length] + "-" +
                                   nameOf(static_cast<Condition>(c)) + "-" + std::to_string(n);
          std::printf("wrong: %s: %s heard as %s, %.0f ms on, %.0f off\n", name.c_str(), digits.c_str(),
                      said.c_str(), onMs, offMs);
          keepWrong(options, name, heard);
        }
      }
    }
  }
  table.print();
  return 0;
}

}  // namespace sweep
