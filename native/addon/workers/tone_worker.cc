#include "addon/workers/tone_worker.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "addon/convert/coded_error.h"
#include "addon/convert/from_js.h"
#include "addon/convert/names.h"
#include "cpd/tones/learning/steady_tones.h"
#include "cpd/tones/learning/tone_lines.h"
#include "media/wav.h"

namespace addon {
namespace {

constexpr double kSamplesPerMs = 8;

struct MeasuredTone {
  cpd::ToneSegment segment;
  cpd::ToneLines lines;
  bool steady;
};

Napi::Object toJs(Napi::Env env, const MeasuredTone& measured) {
  Napi::Array hz = Napi::Array::New(env, measured.lines.hz.size());
  for (uint32_t i = 0; i < measured.lines.hz.size(); ++i) hz[i] = measured.lines.hz[i];
  Napi::Object tone = Napi::Object::New(env);
  tone["startMs"] = measured.segment.startMs;
  tone["endMs"] = measured.segment.endMs;
  tone["dbm0"] = static_cast<double>(measured.segment.dbm0);
  tone["hz"] = hz;
  tone["modulationHz"] = measured.lines.modulationHz ? Napi::Number::New(env, *measured.lines.modulationHz)
                                                     : Napi::Value(env.Null());
  tone["share"] = measured.lines.share;
  tone["steady"] = measured.steady;
  return tone;
}

class ToneWorker final : public Napi::AsyncWorker {
 public:
  ToneWorker(Napi::Env env, std::string path, media::WavChannel channel)
      : AsyncWorker(env),
        path_(std::move(path)),
        channel_(channel),
        done_(Napi::Promise::Deferred::New(env)) {}

  Napi::Promise promise() const { return done_.Promise(); }

 private:
  void Execute() override {
    const media::WavAudio audio = media::readWavChannel(path_, channel_);
    const std::vector<int16_t>& samples = audio.samples;
    channels_ = audio.channels;
    channelsAre_ = audio.channelsAre;
    durationMs_ = static_cast<double>(samples.size()) / kSamplesPerMs;
    for (const cpd::ToneSegment& segment : cpd::steadyTones(samples))
      tones_.push_back({.segment = segment,
                        .lines = cpd::toneLines(samples, segment.startMs, segment.endMs),
                        .steady = cpd::isSteadyTone(samples, segment.startMs, segment.endMs)});
  }

  void OnOK() override {
    const Napi::Env env = Env();
    Napi::Array tones = Napi::Array::New(env, tones_.size());
    for (uint32_t i = 0; i < tones_.size(); ++i) tones[i] = toJs(env, tones_[i]);
    Napi::Object result = Napi::Object::New(env);
    result["tones"] = tones;
    result["durationMs"] = durationMs_;
    result["channels"] = channels_;
    result["channelsAre"] = kChannelsAreNames.of(channelsAre_);
    done_.Resolve(result);
  }

  void OnError(const Napi::Error& error) override {
    done_.Reject(codedError(Env(), "BAD_AUDIO", error.Message()).Value());
  }

  std::string path_;
  media::WavChannel channel_;
  int channels_ = 1;
  media::ChannelsAre channelsAre_ = media::ChannelsAre::kAlike;
  double durationMs_ = 0;
  std::vector<MeasuredTone> tones_;
  Napi::Promise::Deferred done_;
};

}  // namespace

Napi::Value steadyTones(const Napi::CallbackInfo& info) {
  auto* worker = new ToneWorker(info.Env(), info[0].As<Napi::String>().Utf8Value(),
                                channelFromJs(info[1]));  // deletes itself when done
  const Napi::Promise promise = worker->promise();
  worker->Queue();
  return promise;
}

}  // namespace addon
