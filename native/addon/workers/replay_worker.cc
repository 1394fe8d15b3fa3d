#include "addon/workers/replay_worker.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "addon/convert/analysis_to_js.h"
#include "addon/convert/coded_error.h"
#include "addon/convert/names.h"
#include "cpd/recording/replay.h"

namespace addon {
namespace {

constexpr size_t kMostFileBytes = 64 << 20;  // no recorder makes a longer one

std::vector<uint8_t> contentOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) throw std::runtime_error("cannot be read");
  const auto size = static_cast<size_t>(std::max<std::streamoff>(0, file.tellg()));
  if (size == 0) throw std::runtime_error("is empty: its call has not ended, or was not heard");
  if (size > kMostFileBytes) throw std::runtime_error("is too large for the recording of a call");
  std::vector<uint8_t> bytes(size);
  file.seekg(0);
  if (!file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size)))
    throw std::runtime_error("cannot be read to its end");
  return bytes;
}

Napi::Value textOrNull(Napi::Env env, const std::string& text) {
  return text.empty() ? env.Null() : Napi::Value(Napi::String::New(env, text));
}

class ReplayWorker final : public Napi::AsyncWorker {
 public:
  ReplayWorker(Napi::Env env, std::string path)
      : AsyncWorker(env), path_(std::move(path)), done_(Napi::Promise::Deferred::New(env)) {}

  Napi::Promise promise() const { return done_.Promise(); }

 private:
  void Execute() override {
    recording_ = cpd::readRecording(contentOf(path_));
    result_ = cpd::replay(recording_);
    for (const cpd::RecordedStep& step : recording_.steps) {
      samples_.insert(samples_.end(), step.samples.begin(), step.samples.end());
      if (step.kind == 'L') samples_.resize(samples_.size() + cpd::kFrameSamples);
    }
  }

  void OnOK() override {
    const Napi::Env env = Env();
    Napi::Object replay = analysisToJs(env, result_.now, samples_, true);
    replay["detector"] = recording_.detector;
    replay["label"] = recording_.label;
    replay["settings"] = settingsToJs(env);
    replay["full"] = Napi::Boolean::New(env, recording_.full);
    Napi::Object frames = Napi::Object::New(env);
    frames["audio"] = result_.audioFrames;
    frames["lost"] = result_.lostFrames;
    frames["comfortNoise"] = result_.comfortNoiseFrames;
    replay["frames"] = frames;
    replay["compared"] = result_.compared;
    replay["differences"] = result_.differences;
    Napi::Array first = Napi::Array::New(env, result_.first.size());
    for (uint32_t i = 0; i < result_.first.size(); ++i) {
      const cpd::ReplayDifference& from = result_.first[i];
      Napi::Object difference = Napi::Object::New(env);
      difference["atMs"] = from.atMs;
      difference["recorded"] = textOrNull(env, from.recorded);
      difference["replayed"] = textOrNull(env, from.replayed);
      first[i] = difference;
    }
    replay["first"] = first;
    done_.Resolve(replay);
  }

  void OnError(const Napi::Error& error) override {
    done_.Reject(
        codedError(Env(), "BAD_RECORDING", error.Message() + "; expected the recording of a call").Value());
  }

  Napi::Object settingsToJs(Napi::Env env) const {
    const cpd::Settings& from = recording_.settings;
    Napi::Object settings = Napi::Object::New(env);
    settings["startAt"] = recording_.startAt == cpd::StartAt::kAnswer ? "answer" : "dial";
    settings["plan"] = from.plan.code;
    settings["mode"] = kModeNames.of(from.mode);
    settings["cpdTimeoutMs"] = from.cpdTimeoutMs;
    settings["inferAnswer"] = Napi::Boolean::New(env, from.inferAnswer);
    settings["maxHumanLoss"] = static_cast<double>(from.maxHumanLoss);
    settings["scoreOffset"] = static_cast<double>(from.scoreOffset);
    return settings;
  }

  std::string path_;
  cpd::CallRecording recording_;
  cpd::ReplayResult result_;
  std::vector<int16_t> samples_;
  Napi::Promise::Deferred done_;
};

}  // namespace

Napi::Value replayFile(const Napi::CallbackInfo& info) {
  auto* worker = new ReplayWorker(info.Env(), info[0].As<Napi::String>().Utf8Value());  // deletes itself
  const Napi::Promise promise = worker->promise();
  worker->Queue();
  return promise;
}

}  // namespace addon
