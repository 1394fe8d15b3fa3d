#include "addon/analyze_worker.h"

#include <string>
#include <utility>
#include <vector>

#include "addon/analysis_to_js.h"
#include "addon/coded_error.h"
#include "addon/names.h"
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
    const Napi::Object analysis = analysisToJs(env, result_, samples_, request_.samples);
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
