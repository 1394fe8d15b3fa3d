#include "addon/analyze_worker.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "addon/coded_error.h"
#include "addon/names.h"
#include "addon/to_js.h"
#include "cpd/analyze.h"
#include "media/wav.h"

namespace addon {
namespace {

struct Request {
  std::string path;
  cpd::Settings settings;
  cpd::StartAt from;
  bool samples;
};

Napi::Object evidenceToJs(Napi::Env env, const cpd::AnalysisResult& result) {
  board::EvidenceCopy evidence{.rule = result.rule,
                               .confidence = result.confidence,
                               .verdict = result.verdict,
                               .sit = result.sit,
                               .decidedMs = result.decidedMs,
                               .answerMs = result.answerMs,
                               .speechStartMs = result.speechStartMs,
                               .greetingEndMs = result.greetingEndMs,
                               .beepMs = result.beepMs,
                               .segments = result.segments,
                               .scores = {}};
  for (const auto& [name, value] : result.scores) evidence.scores.push_back({name.c_str(), value});
  return toJs(env, evidence, -1).As<Napi::Object>();
}

class AnalyzeWorker final : public Napi::AsyncWorker {
 public:
  AnalyzeWorker(Napi::Env env, Request request)
      : AsyncWorker(env), request_(std::move(request)), done_(Napi::Promise::Deferred::New(env)) {}

  Napi::Promise promise() const { return done_.Promise(); }

 private:
  void Execute() override {
    samples_ = media::readWav(request_.path);
    result_ = cpd::analyze(samples_, request_.settings, request_.from);
  }

  void OnOK() override {
    const Napi::Env env = Env();
    Napi::Object analysis = Napi::Object::New(env);
    analysis["evidence"] = evidenceToJs(env, result_);
    analysis["observations"] = listToJs(env, result_.observations);
    analysis["durationMs"] = static_cast<double>(samples_.size()) * 1000 / cpd::kSampleRateHz;
    analysis["wave"] = env.Null();
    if (request_.samples) {
      Napi::Int16Array samples = Napi::Int16Array::New(env, samples_.size());
      std::copy(samples_.begin(), samples_.end(), samples.Data());
      Napi::Object wave = Napi::Object::New(env);
      wave["rateHz"] = cpd::kSampleRateHz;
      wave["samples"] = samples;
      analysis["wave"] = wave;
    }
    done_.Resolve(analysis);
  }

  void OnError(const Napi::Error& error) override {
    done_.Reject(codedError(Env(), "BAD_AUDIO", error.Message()).Value());
  }

  Request request_;
  std::vector<int16_t> samples_;
  cpd::AnalysisResult result_;
  Napi::Promise::Deferred done_;
};

}  // namespace

Napi::Value analyzeFile(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Napi::Object options = info[1].As<Napi::Object>();
  const std::string code = options.Get("plan").As<Napi::String>().Utf8Value();
  const cpd::TonePlan* plan = cpd::findTonePlan(code);
  if (plan == nullptr) throw codedError(env, "UNKNOWN_PLAN", "no tone plan " + code);
  const auto mode = kModeNames.find(options.Get("mode").As<Napi::String>().Utf8Value());
  if (!mode) throw codedError(env, "BAD_ARGUMENT", "unknown mode");
  const Napi::Value timeout = options.Get("cpdTimeoutMs");
  const Napi::Value loss = options.Get("maxHumanLoss");
  const float maxHumanLoss = loss.IsNumber() ? loss.As<Napi::Number>().FloatValue() : 0;
  if (!cpd::isHumanLoss(maxHumanLoss))
    throw codedError(env, "BAD_ARGUMENT", "maxHumanLoss: expected 0.001 to 0.1");
  Request request{.path = info[0].As<Napi::String>().Utf8Value(),
                  .settings = {.plan = *plan,
                               .mode = *mode,
                               .cpdTimeoutMs = timeout.IsNumber() ? timeout.As<Napi::Number>().Int32Value()
                                                                  : cpd::kAnalysisTimeoutMs,
                               .maxHumanLoss = maxHumanLoss,
                               .scoreOffset = options.Get("scoreOffset").As<Napi::Number>().FloatValue()},
                  .from = options.Get("from").As<Napi::String>().Utf8Value() == "answer"
                              ? cpd::StartAt::kAnswer
                              : cpd::StartAt::kDial,
                  .samples = options.Get("samples").As<Napi::Boolean>().Value()};
  auto* worker = new AnalyzeWorker(env, std::move(request));  // deletes itself when done
  const Napi::Promise promise = worker->promise();
  worker->Queue();
  return promise;
}

}  // namespace addon
