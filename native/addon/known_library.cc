#include "addon/known_library.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "addon/convert/coded_error.h"
#include "addon/convert/from_js.h"
#include "addon/convert/names.h"
#include "addon/convert/to_js.h"
#include "cpd/known/fingerprint.h"
#include "cpd/known/library_file.h"
#include "cpd/known/matcher.h"
#include "media/wav.h"

namespace addon {
namespace {

using cpd::known::Origin;
using cpd::known::Print;
using cpd::known::StoredRecording;

constexpr double kSamplesPerMs = 8;
constexpr Names<Origin, 3> kOriginNames{{"taught", "learnt", "imported"}};

class FingerprintWorker final : public Napi::AsyncWorker {
 public:
  FingerprintWorker(Napi::Env env, std::string path, media::WavChannel channel)
      : AsyncWorker(env),
        path_(std::move(path)),
        channel_(channel),
        done_(Napi::Promise::Deferred::New(env)) {}

  Napi::Promise promise() const { return done_.Promise(); }

 private:
  void Execute() override {
    audio_ = media::readWavChannel(path_, channel_);
    prints_ = cpd::known::fingerprint(audio_.samples);
  }

  void OnOK() override {
    const Napi::Env env = Env();
    Napi::Object result = Napi::Object::New(env);
    result["prints"] = printsToJs(env, prints_);
    result["usable"] = cpd::known::usablePrints(prints_);
    result["durationMs"] = static_cast<double>(audio_.samples.size()) / kSamplesPerMs;
    result["channels"] = audio_.channels;
    result["channelsAre"] = kChannelsAreNames.of(audio_.channelsAre);
    done_.Resolve(result);
  }

  void OnError(const Napi::Error& error) override {
    done_.Reject(codedError(Env(), "BAD_AUDIO", error.Message()).Value());
  }

  std::string path_;
  media::WavChannel channel_;
  media::WavAudio audio_;
  std::vector<Print> prints_;
  Napi::Promise::Deferred done_;
};

std::vector<Print> printsFromJs(const Napi::Value& value) {
  const Napi::Uint32Array array = value.As<Napi::Uint32Array>();
  return {array.Data(), array.Data() + array.ElementLength()};
}

uint32_t seconds(const Napi::Value& value) {
  return static_cast<uint32_t>(value.As<Napi::Number>().Int64Value());
}

StoredRecording storedFromJs(Napi::Env env, const Napi::Object& from) {
  StoredRecording to;
  to.recording.name = from.Get("name").As<Napi::String>().Utf8Value();
  const auto verdict = kVerdictNames.find(from.Get("verdict").As<Napi::String>().Utf8Value());
  if (!verdict) throw codedError(env, "BAD_RECORDINGS", "unknown result");
  to.recording.verdict = *verdict;
  if (const Napi::Value sit = from.Get("sit"); sit.IsString()) {
    const auto category = kSitNames.find(sit.As<Napi::String>().Utf8Value());
    if (!category) throw codedError(env, "BAD_RECORDINGS", "unknown SIT category");
    to.recording.sit = *category;
  }
  to.recording.prints = printsFromJs(from.Get("prints"));
  to.origin = kOriginNames.find(from.Get("origin").As<Napi::String>().Utf8Value()).value_or(Origin::kTaught);
  to.knownSince = seconds(from.Get("knownSince"));
  to.numbers = seconds(from.Get("numbers"));
  return to;
}

Napi::Object storedToJs(Napi::Env env, const StoredRecording& from) {
  Napi::Object to = Napi::Object::New(env);
  to["name"] = from.recording.name;
  to["verdict"] = kVerdictNames.of(from.recording.verdict);
  to["sit"] = nameOrNull(env, kSitNames.of(from.recording.sit));
  to["origin"] = kOriginNames.of(from.origin);
  to["knownSince"] = static_cast<double>(from.knownSince);
  to["numbers"] = static_cast<double>(from.numbers);
  to["prints"] = printsToJs(env, from.recording.prints);
  return to;
}

class KnownLibrary final : public Napi::ObjectWrap<KnownLibrary> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "KnownLibrary", {InstanceMethod<&KnownLibrary::match>("match")});
  }

  explicit KnownLibrary(const Napi::CallbackInfo& info) : ObjectWrap(info) {
    const Napi::Array list = info[0].As<Napi::Array>();
    std::vector<cpd::known::Recording> recordings;
    for (uint32_t i = 0; i < list.Length(); ++i) {
      recordings.emplace_back();
      recordings.back().prints = printsFromJs(list.Get(i));
    }
    library_.emplace(std::move(recordings));
  }

 private:
  // (prints): the place of the recording in the list that the library was made of, and how alike it is; null: none.
  Napi::Value match(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    const auto found = cpd::known::findMatch(printsFromJs(info[0]), *library_);
    if (!found) return env.Null();
    Napi::Object match = Napi::Object::New(env);
    match["recording"] = found->recording;
    match["comparedPrints"] = found->comparedPrints;
    match["differing"] = static_cast<double>(found->differing);
    return match;
  }

  std::optional<cpd::known::Library> library_;
};

}  // namespace

Napi::Value fingerprintFile(const Napi::CallbackInfo& info) {
  auto* worker = new FingerprintWorker(info.Env(), info[0].As<Napi::String>().Utf8Value(),
                                       channelFromJs(info[1]));  // deletes itself
  const Napi::Promise promise = worker->promise();
  worker->Queue();
  return promise;
}

Napi::Value readRecordings(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Napi::Uint8Array bytes = info[0].As<Napi::Uint8Array>();
  const std::vector<StoredRecording> recordings = inCode(env, "BAD_RECORDINGS", [&] {
    return cpd::known::readRecordings({bytes.Data(), bytes.ElementLength()});
  });
  Napi::Array list = Napi::Array::New(env, recordings.size());
  for (uint32_t i = 0; i < recordings.size(); ++i) list[i] = storedToJs(env, recordings[i]);
  return list;
}

Napi::Value writeRecordings(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Napi::Array list = info[0].As<Napi::Array>();
  std::vector<StoredRecording> recordings;
  for (uint32_t i = 0; i < list.Length(); ++i)
    recordings.push_back(storedFromJs(env, list.Get(i).As<Napi::Object>()));
  const std::vector<uint8_t> bytes =
      inCode(env, "BAD_RECORDINGS", [&] { return cpd::known::writeRecordings(recordings); });
  Napi::Uint8Array array = Napi::Uint8Array::New(env, bytes.size());
  std::copy(bytes.begin(), bytes.end(), array.Data());
  return array;
}

Napi::Function knownLibrary(Napi::Env env) { return KnownLibrary::define(env); }

}  // namespace addon
