// Prints the figures about the greeting of every call of a folder, every 100 ms, for training the voice
// model.
//   dump-features FOLDER > points.csv
// Columns: call, 1 for machine, speaker, subtype, ms, greeting end in ms, span and trailing silence in s, and
// the inputs of the model. FOLDER has manifest.csv with the columns file, label, subtype, speaker, answer_ms,
// greeting_end_ms and beep_ms; only calls labelled human and machine are taken. Only what a detector could
// know at that moment goes in.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "cpd/frame_analysis.h"
#include "cpd/voice_features.h"
#include "cpd/voice_history.h"
#include "media/wav.h"

namespace {

constexpr int kEveryFrames = 5;
constexpr float kLastTrail = 1.7f;  // s of silence after which there is nothing left to decide
constexpr float kLastSpan = 6.5f;   // s of greeting likewise

std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (char c : line) {
    if (c == '"')
      quoted = !quoted;
    else if (c == ',' && !quoted)
      fields.emplace_back();
    else if (c != '\r')
      fields.back() += c;
  }
  return fields;
}

void dump(const std::string& folder, const std::map<std::string, std::string>& row, int call) {
  const std::vector<int16_t> samples = media::readWav(folder + "/" + row.at("file"));
  const int answer = std::atoi(row.at("answer_ms").c_str()) / cpd::kFrameMs;
  const std::string& beep = row.at("beep_ms");
  const int last = beep.empty() ? 1 << 30 : std::atoi(beep.c_str()) / cpd::kFrameMs - 1;
  cpd::FrameAnalyzer analyzer;
  cpd::VoiceHistory history;
  cpd::SpeechMap map;
  cpd::VoiceFeatures features;
  for (int frame = 0; (frame + 1) * cpd::kFrameSamples <= static_cast<int>(samples.size()) && frame < last;
       ++frame) {
    history.push(analyzer.push(samples.data() + frame * cpd::kFrameSamples), false);
    if (frame < answer || frame % kEveryFrames != 0) continue;
    mapSpeech(history, answer, map);
    if (!measureVoice(history, map, answer, features)) continue;
    if (features[cpd::VoiceFeature::kSpeech] < 0.1f) continue;
    if (features[cpd::VoiceFeature::kTrail] > kLastTrail || features[cpd::VoiceFeature::kSpan] > kLastSpan)
      return;
    std::printf("%d,%d,%s,%s,%d,%s", call, row.at("label") == "machine", row.at("speaker").c_str(),
                row.at("subtype").c_str(), (frame + 1) * cpd::kFrameMs, row.at("greeting_end_ms").c_str());
    std::printf(",%.2f,%.2f", static_cast<double>(features[cpd::VoiceFeature::kSpan]),
                static_cast<double>(features[cpd::VoiceFeature::kTrail]));
    for (float v : cpd::modelInputs(features)) std::printf(",%.4g", static_cast<double>(v));
    std::printf("\n");
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "dump-features FOLDER\n";
    return 2;
  }
  const std::string folder = argv[1];
  std::ifstream manifest(folder + "/manifest.csv");
  std::string line;
  std::getline(manifest, line);
  const std::vector<std::string> names = split(line);
  for (int call = 0; std::getline(manifest, line); ++call) {
    const std::vector<std::string> fields = split(line);
    std::map<std::string, std::string> row;
    for (size_t i = 0; i < names.size() && i < fields.size(); ++i) row[names[i]] = fields[i];
    if (row["label"] == "human" || row["label"] == "machine") dump(folder, row, call);
  }
  return 0;
}
