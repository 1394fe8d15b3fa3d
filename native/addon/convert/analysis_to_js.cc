#include "addon/convert/analysis_to_js.h"

#include <algorithm>

#include "addon/convert/to_js.h"

namespace addon {

Napi::Value samplesToJs(Napi::Env env, const std::vector<int16_t>& samples) {
  Napi::Int16Array copy = Napi::Int16Array::New(env, samples.size());
  std::copy(samples.begin(), samples.end(), copy.Data());
  return copy;
}

Napi::Object analysisToJs(Napi::Env env, const cpd::AnalysisResult& result,
                          const std::vector<int16_t>& samples, bool wanted) {
  Napi::Object analysis = Napi::Object::New(env);
  analysis["evidence"] = toJs(env, result, -1);
  analysis["observations"] = listToJs(env, result.observations);
  analysis["durationMs"] = static_cast<double>(samples.size()) * 1000 / cpd::kSampleRateHz;
  analysis["wave"] = env.Null();
  if (!wanted) return analysis;
  Napi::Object wave = Napi::Object::New(env);
  wave["rateHz"] = cpd::kSampleRateHz;
  wave["samples"] = samplesToJs(env, samples);
  analysis["wave"] = wave;
  return analysis;
}

}  // namespace addon
