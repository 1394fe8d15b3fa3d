// Recordings without tones and beeps: how many are heard in an hour. Each recording once from its start as a
// call answered, once as a long line with every plan.
#include <algorithm>
#include <cstdio>
#include <map>

#include "cpd/tones/tone_receiver.h"
#include "media/wav.h"
#include "sweep/detector_run.h"
#include "sweep/speech_clips.h"

namespace sweep {

namespace {

constexpr size_t kCallSamples = 30 * 8000;
constexpr double kMostSecondsOfOne = 120;

}  // namespace

int sweepFolders(const Options& options) {
  const char* const plans[] = {"US", "DE", "FR", "JP"};
  Random random(options.seed);
  for (const std::string& folder : options.folders) {
    std::map<std::string, int> names;
    int beeps = 0;
    double seconds = 0;
    for (const std::string& file : wavFiles(folder)) {
      std::vector<int16_t> samples;
      try {
        samples = media::readWav(file);
      } catch (const media::WavError& error) {
        std::fprintf(stderr, "%s: %s\n", file.c_str(), error.what());
        continue;
      }
      samples.resize(std::min(samples.size(), static_cast<size_t>(kMostSecondsOfOne * 8000)));
      const cpd::TonePlan& plan = *cpd::findTonePlan(plans[random.below(4)]);
      for (size_t at = 0; at < samples.size(); at += kCallSamples) {
        const size_t n = std::min(kCallSamples, samples.size() - at);
        Sound call = quiet(300);
        call.insert(call.end(), samples.begin() + static_cast<std::ptrdiff_t>(at),
                    samples.begin() + static_cast<std::ptrdiff_t>(at + n));
        append(call, quiet(1000));
        const Heard heard = throughLine(std::move(call), Condition::kClean, 0, random);
        seconds += static_cast<double>(n) / 8000;
        const Said said = hear(plan, heard, cpd::StartAt::kAnswer);
        for (const cpd::Observation& o : said.observations) {
          if (o.kind == cpd::ObservationKind::kBeep) {
            ++beeps;
            std::printf("beep: %s at %zu + %d to %d, %.0f Hz\n", file.c_str(), at / 8, o.startMs - 300,
                        o.endMs - 300, static_cast<double>(o.hz[0]));
          } else if (o.kind == cpd::ObservationKind::kTone && o.endMs == cpd::kNever) {
            ++names[name(o.tone)];
            std::printf("%s: %s at %zu + %d under %s, %.0f Hz, %.2f sure\n", name(o.tone), file.c_str(),
                        at / 8, o.startMs - 300, plan.code.c_str(), static_cast<double>(o.hz[0]),
                        static_cast<double>(o.confidence));
          }
        }
      }
    }
    const double hours = seconds / 3600;
    std::printf("%s: %.2f h, beeps %d (%.2f an hour)", folder.c_str(), hours, beeps,
                beeps / std::max(hours, 1e-9));
    for (const auto& [name, n] : names)
      std::printf(", %s %d (%.2f an hour)", name.c_str(), n, n / std::max(hours, 1e-9));
    std::printf("\n");
  }
  return 0;
}

}  // namespace sweep
