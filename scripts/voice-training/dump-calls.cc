// Writes what the voice model learns from out of the labelled calls of a folder: exactly what the detector
// would hear, by the detector's own code.
//   dump-calls FOLDER OUT
// OUT.frames: kVoiceInputs bytes a frame from answer on, call after call. OUT.points: moments at which
// something may be decided, as floats: call, frame, frame of the first speech, then the figures of
// voice_features.h. OUT.csv: a line a call. FOLDER has manifest.csv with the columns file, label, subtype,
// speaker, answer_ms, speech_start_ms, greeting_end_ms, beep_ms and, where a tone sounds first, tone_ms (its
// end), or one within the call, own_tone_ms and own_tone_len_ms; people, machines and screening assistants are
// taken. Nothing from the beep on goes in.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "cpd/frontend/front_end.h"
#include "cpd/frontend/sample_history.h"
#include "cpd/voice/voice_features.h"
#include "cpd/voice/voice_activity.h"
#include "cpd/voice/voice_history.h"
#include "cpd/voice/voice_input.h"
#include "media/wav.h"

namespace {

using cpd::VoiceFeature;

constexpr int kLongestFrames = 400;      // from answer: the detector's latest verdict of recordings
constexpr int kEveryFrames = 2;          // between two moments in a pause ...
constexpr int kEveryFramesTalking = 10;  // ... and while somebody talks
constexpr float kPause = 0.279f;         // s of silence
constexpr float kLastPause = 1.61f;      // after which there is nothing left to decide
constexpr float kLeastSpeech = 0.1f;     // s
constexpr float kLeastTalk = 1;          // s of greeting before a decision without a pause
constexpr float kLastSpan = 6.9f;        // s of greeting: longer ones decide by their length

using Row = std::map<std::string, std::string>;

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

bool decidable(const cpd::VoiceFeatures& f, int frame) {
  if (f[VoiceFeature::kSpeech] < kLeastSpeech || f[VoiceFeature::kSpan] > kLastSpan) return false;
  const float pause = f[VoiceFeature::kTrail];
  if (pause >= kPause) return pause <= kLastPause;
  return f[VoiceFeature::kSpan] >= kLeastTalk && frame % kEveryFramesTalking == 0;
}

// First frame of a column in ms, `absent` where there is none.
int frameOf(const Row& row, const char* column, int absent) {
  const auto found = row.find(column);
  return found == row.end() || found->second.empty() ? absent
                                                     : std::atoi(found->second.c_str()) / cpd::kFrameMs;
}

// Returns the number of frames written.
int dump(const std::string& folder, const Row& row, int call, FILE* frames, FILE* points) {
  const std::vector<int16_t> samples = media::readWav(folder + "/" + row.at("file"));
  const int answer = std::atoi(row.at("answer_ms").c_str()) / cpd::kFrameMs;
  const std::string& beep = row.at("beep_ms");
  const int toneEnd = frameOf(row, "tone_ms", 0) + 1;
  const int ownTone = frameOf(row, "own_tone_ms", -1);
  const int ownToneEnd = ownTone < 0 ? -1 : ownTone + frameOf(row, "own_tone_len_ms", 0) + 2;
  int last = std::min<int>(static_cast<int>(samples.size()) / cpd::kFrameSamples, answer + kLongestFrames);
  if (!beep.empty()) last = std::min(last, std::atoi(beep.c_str()) / cpd::kFrameMs - 1);
  cpd::SampleHistory heard;
  const cpd::FrontEnd frontEnd;
  cpd::FrontEndFrame measured;
  cpd::FrontEndInput input;
  cpd::VoiceHistory history;
  cpd::VoiceLevels levels;
  cpd::VoiceActivity activity;
  cpd::VoiceFeatures features;
  for (int frame = 0; frame < last; ++frame) {
    heard.push(samples.data() + frame * cpd::kFrameSamples);
    input.ring = heard.ring();
    input.end = heard.end();
    const cpd::FrontEndInput* const in = &input;
    cpd::FrontEndFrame* const out = &measured;
    frontEnd.measure({&in, 1}, {&out, 1}, true);
    history.push(measured.voice, (toneEnd > 1 && frame < toneEnd) || (frame >= ownTone && frame < ownToneEnd));
    if (frame < answer) continue;
    const cpd::VoiceFrame voice = levels.next(measured.voice);
    std::fwrite(voice.data(), 1, voice.size(), frames);
    if (frame % kEveryFrames != 0) continue;
    findVoiceActivity(history, answer, activity);
    if (!measureVoice(history, activity, answer, features) || !decidable(features, frame)) continue;
    const float head[] = {static_cast<float>(call), static_cast<float>(frame - answer),
                          static_cast<float>(activity.run[0].start - answer)};
    std::fwrite(head, sizeof *head, std::size(head), points);
    std::fwrite(features.value.data(), sizeof(float), features.value.size(), points);
  }
  return std::max(0, last - answer);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "dump-calls FOLDER OUT\n";
    return 2;
  }
  const std::string folder = argv[1], out = argv[2];
  FILE* const frames = std::fopen((out + ".frames").c_str(), "wb");
  FILE* const points = std::fopen((out + ".points").c_str(), "wb");
  std::ofstream index(out + ".csv");
  std::ifstream manifest(folder + "/manifest.csv");
  if (!frames || !points || !index || !manifest) {
    std::cerr << "dump-calls: " << folder << "/manifest.csv cannot be read or " << out
              << ".* not be written\n";
    return 1;
  }
  const std::vector<std::string> columns = {"file",      "label",           "subtype",         "speaker",
                                            "answer_ms", "speech_start_ms", "greeting_end_ms", "beep_ms",
                                            "own_tone_ms", "behind_db"};
  for (const std::string& column : columns) index << column << ',';
  index << "frames\n";
  std::string line;
  std::getline(manifest, line);
  const std::vector<std::string> names = split(line);
  int call = 0;
  while (std::getline(manifest, line)) {
    const std::vector<std::string> fields = split(line);
    Row row;
    for (size_t i = 0; i < names.size() && i < fields.size(); ++i) row[names[i]] = fields[i];
    const std::string& label = row["label"];
    if (label != "human" && label != "machine" && label != "screening") continue;
    const int length = dump(folder, row, call++, frames, points);
    for (const std::string& column : columns) index << row[column] << ',';
    index << length << '\n';
  }
  std::fclose(frames);
  std::fclose(points);
  return 0;
}
