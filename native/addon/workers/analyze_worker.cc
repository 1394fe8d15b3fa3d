#include "addon/workers/analyze_worker.h"

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "addon/convert/analysis_to_js.h"
#include "addon/convert/coded_error.h"
#include "addon/convert/from_js.h"
#include "addon/convert/names.h"
#include "board/known_recordings.h"
#include "cpd/analyze.h"
#include "media/wav.h"

namespace addon {
namespace {

struct Request {
  std::string path;  // empty: the samples are given
  std::vector<int16_t> given;
  std::vector<cpd::FrameKind> kinds;
  cpd::Settings settings;
  cpd::StartAt from;
  bool samples;
  media::WavChannel channel;
  std::string recordings;  // file of known recordings; empty: none
};

class AnalyzeWorker final : public Napi::AsyncWorker {
 public:
  AnalyzeWorker(Napi::Env env, Request request)
      : AsyncWorker(env), request_(std::move(request)), done_(Napi::Promise::Deferred::New(env)) {}

  Napi::Promise promise() const { return done_.Promise(); }

 private:
  void Execute() override {
    if (request_.path.empty())
      audio_.samples = std::move(request_.given);
    else
      audio_ = media::readWavChannel(request_.path, request_.channel);
    if (!request_.recordings.empty()) {
      try {
        request_.settings.recordings = board::readLibrary(request_.recordings);
      } catch (const std::invalid_argument& error) {
        throw std::runtime_error("recordings " + request_.recordings + ": " + error.what());
      }
    }
    result_ = cpd::analyze(audio_.samples, request_.settings, request_.from, request_.kinds);
  }

  void OnOK() override {
    const Napi::Env env = Env();
    Napi::Object analysis = analysisToJs(env, result_, audio_.samples, request_.samples);
    analysis["channels"] = audio_.channels;
    analysis["channelsAre"] = kChannelsAreNames.of(audio_.channelsAre);
    done_.Resolve(analysis);
  }

  void OnError(const Napi::Error& error) override {
    done_.Reject(codedError(Env(), "BAD_AUDIO", error.Message()).Value());
  }

  Request request_;
  media::WavAudio audio_;
  cpd::AnalysisResult result_;
  Napi::Promise::Deferred done_;
};

// The code of a built-in plan, or a plan itself.
cpd::TonePlan planOf(Napi::Env env, const Napi::Value& value) {
  if (!value.IsString()) return inCode(env, "BAD_ARGUMENT", [&] { return tonePlanFromJs(value); });
  const std::string code = value.As<Napi::String>().Utf8Value();
  const cpd::TonePlan* plan = cpd::findTonePlan(code);
  if (plan == nullptr) throw codedError(env, "UNKNOWN_PLAN", "no tone plan " + code);
  return *plan;
}

Request requestOf(Napi::Env env, const Napi::Object& options) {
  const cpd::TonePlan plan = planOf(env, options.Get("plan"));
  const auto mode = kModeNames.find(options.Get("mode").As<Napi::String>().Utf8Value());
  if (!mode) throw codedError(env, "BAD_ARGUMENT", "unknown mode");
  const Napi::Value recordings = options.Get("recordings");
  const Napi::Value timeout = options.Get("cpdTimeoutMs");
  const Napi::Value loss = options.Get("maxHumanLoss");
  const float maxHumanLoss = loss.IsNumber() ? loss.As<Napi::Number>().FloatValue() : 0;
  if (!cpd::isHumanLoss(maxHumanLoss))
    throw codedError(env, "BAD_ARGUMENT", "maxHumanLoss: expected 0.001 to 0.1");
  return {.path = {},
          .given = {},
          .kinds = {},
          .settings = {.plan = plan,
                       .mode = *mode,
                       .cpdTimeoutMs = timeout.IsNumber() ? timeout.As<Napi::Number>().Int32Value()
                                                          : cpd::kAnalysisTimeoutMs,
                       .maxHumanLoss = maxHumanLoss,
                       .scoreOffset = options.Get("scoreOffset").As<Napi::Number>().FloatValue()},
          .from = options.Get("from").As<Napi::String>().Utf8Value() == "answer" ? cpd::StartAt::kAnswer
                                                                                 : cpd::StartAt::kDial,
          .samples = options.Get("samples").As<Napi::Boolean>().Value(),
          .channel = channelFromJs(options.Get("channel")),
          .recordings = recordings.IsString() ? recordings.As<Napi::String>().Utf8Value() : std::string()};
}

Napi::Value start(Napi::Env env, Request request) {
  auto* worker = new AnalyzeWorker(env, std::move(request));  // deletes itself when done
  const Napi::Promise promise = worker->promise();
  worker->Queue();
  return promise;
}

}  // namespace

Napi::Value analyzeFile(const Napi::CallbackInfo& info) {
  Request request = requestOf(info.Env(), info[1].As<Napi::Object>());
  request.path = info[0].As<Napi::String>().Utf8Value();
  return start(info.Env(), std::move(request));
}

Napi::Value analyzeSamples(const Napi::CallbackInfo& info) {
  Request request = requestOf(info.Env(), info[2].As<Napi::Object>());
  const Napi::Int16Array samples = info[0].As<Napi::Int16Array>();
  request.given.assign(samples.Data(), samples.Data() + samples.ElementLength());
  if (!info[1].IsNull()) {
    const Napi::Uint8Array kinds = info[1].As<Napi::Uint8Array>();
    for (size_t i = 0; i < kinds.ElementLength(); ++i) {
      if (kinds[i] > static_cast<uint8_t>(cpd::FrameKind::kComfortNoise))
        throw codedError(info.Env(), "BAD_ARGUMENT", "kinds: expected 0, 1 or 2");
      request.kinds.push_back(static_cast<cpd::FrameKind>(kinds[i]));
    }
  }
  return start(info.Env(), std::move(request));
}

}  // namespace addon
