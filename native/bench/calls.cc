#include "calls.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <random>
#include <stdexcept>

#include "cpd/tones/plan/tone_plan.h"
#include "media/g711.h"
#include "media/tone_generator.h"
#include "media/wav.h"

namespace bench {
namespace {

constexpr int kCallMs = 16'000;
constexpr int kSamplesPerMs = cpd::kSampleRateHz / 1000;

// The standard's distributions differ from library to library; these do not.
class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}
  double between(double low, double high) {
    return low + (high - low) * static_cast<double>(engine_() >> 11) * 0x1p-53;
  }
  size_t below(size_t n) { return static_cast<size_t>(between(0, static_cast<double>(n))); }
  uint64_t seed() { return engine_(); }

 private:
  std::mt19937_64 engine_;
};

using Samples = std::vector<int16_t>;

std::vector<Samples> readVoices(const std::string& folder, const std::string& prefix) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename();
    if (name.starts_with(prefix) && name.ends_with(".wav")) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  if (files.empty()) throw std::runtime_error(folder + ": no " + prefix + "*.wav in it");
  std::vector<Samples> voices;
  for (const std::string& file : files) voices.push_back(media::readWav(file));
  return voices;
}

// A call put together from the left.
class Builder {
 public:
  explicit Builder(Random& random) : random_(random), samples_(kCallMs * kSamplesPerMs) {}

  void silence(double ms) { at_ += static_cast<size_t>(ms * kSamplesPerMs); }

  void tone(const media::Signal& signal, double ms) {
    media::ToneOptions options;
    options.dbm0 = random_.between(-28, -12);
    media::ToneGenerator generator(signal, options);
    if (at_ < samples_.size())
      generator.add(std::span(samples_).subspan(at_, std::min(samples_.size() - at_, lengthOf(ms))));
    at_ += lengthOf(ms);
  }

  void voice(const Samples& voice) {
    const double gain = std::pow(10.0, random_.between(-14, 0) / 20);
    for (size_t i = 0; i < voice.size() && at_ + i < samples_.size(); ++i)
      samples_[at_ + i] = static_cast<int16_t>(std::lrint(gain * voice[i]));
    at_ += voice.size();
  }

  int frame() const { return static_cast<int>(at_) / cpd::kFrameSamples; }
  bool full() const { return at_ >= samples_.size(); }

  // With the noise of the line and its codec.
  Samples done() {
    media::NoiseGenerator(random_.seed(), random_.between(-70, -45)).add(samples_);
    const bool alaw = random_.below(2) == 0;
    for (int16_t& s : samples_)
      s = alaw ? media::decodeAlaw(media::encodeAlaw(s)) : media::decodeUlaw(media::encodeUlaw(s));
    return std::move(samples_);
  }

 private:
  static size_t lengthOf(double ms) { return static_cast<size_t>(ms * kSamplesPerMs); }

  Random& random_;
  Samples samples_;
  size_t at_ = 0;
};

}  // namespace

std::vector<Call> makeCalls(const std::string& speechFolder, int count, uint64_t seed) {
  const std::vector<Samples> people = readVoices(speechFolder, "live-");
  const std::vector<Samples> machines = readVoices(speechFolder, "machine-");
  const std::vector<Samples> announcements = readVoices(speechFolder, "announcement-");
  const cpd::TonePlan& plan = *cpd::findTonePlan("US");
  Random random(seed);
  std::vector<Call> calls;
  for (int i = 0; i < count; ++i) {
    Builder builder(random);
    Call call;
    builder.silence(random.between(300, 1500));
    // The same shares in every hundred calls, whatever the count.
    const int kind = i * 37 % 100;
    if (kind < 80) {
      builder.tone(media::cadenceSignal(plan.ringback), random.between(800, 7000));
      call.answerFrame = builder.frame();
      builder.silence(random.between(100, 900));
      const bool person = kind < 60;
      if (!person) {
        builder.voice(machines[random.below(machines.size())]);
        builder.silence(random.between(200, 1200));
        builder.tone(media::beepSignal(random.between(600, 1500), random.between(150, 700)), 800);
      }
      if (person && kind % 10 == 0) {
        builder.voice(people[random.below(people.size())]);
        builder.silence(1000);
        builder.tone(media::dtmfSignal("4071", 80, 80), 700);
      }
      while (person && !builder.full()) {  // and the conversation
        builder.voice(people[random.below(people.size())]);
        builder.silence(random.between(300, 2500));
      }
    } else if (kind < 88) {
      builder.tone(media::cadenceSignal(plan.busy), kCallMs);
    } else if (kind < 92) {
      builder.tone(media::cadenceSignal(plan.congestion), kCallMs);
    } else if (kind < 95) {
      builder.tone(media::sitSignal(cpd::SitCategory::kIC), 1100);
      builder.voice(announcements[random.below(announcements.size())]);
    } else if (kind < 98) {
      builder.tone(media::cadenceSignal(plan.ringback), random.between(800, 5000));
      call.answerFrame = builder.frame();
      builder.silence(500);
      if (kind == 97)
        builder.tone(media::cngSignal(), kCallMs);
      else
        builder.tone(media::faxAnswerSignal(), kCallMs);
    }
    call.samples = builder.done();
    calls.push_back(std::move(call));
  }
  return calls;
}

void writeCalls(const std::string& file, const std::vector<Call>& calls) {
  std::ofstream out(file, std::ios::binary);
  for (const Call& call : calls) {
    const int32_t head[2] = {static_cast<int32_t>(call.samples.size()), call.answerFrame};
    out.write(reinterpret_cast<const char*>(head), sizeof head);
    out.write(reinterpret_cast<const char*>(call.samples.data()),
              static_cast<std::streamsize>(call.samples.size() * sizeof(int16_t)));
  }
  out.close();
  if (!out) throw std::runtime_error(file + " cannot be written");
}

std::vector<Call> readCalls(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::vector<Call> calls;
  int32_t head[2];
  while (in.read(reinterpret_cast<char*>(head), sizeof head)) {
    Call call;
    call.samples.resize(static_cast<size_t>(head[0]));
    call.answerFrame = head[1];
    in.read(reinterpret_cast<char*>(call.samples.data()),
            static_cast<std::streamsize>(call.samples.size() * sizeof(int16_t)));
    calls.push_back(std::move(call));
  }
  if (calls.empty() || in.gcount() != 0) throw std::runtime_error(file + " cannot be read, or is cut short");
  return calls;
}

Schedule::Schedule(const std::vector<Call>& calls, int channels, uint64_t seed) : calls_(calls) {
  Random random(seed);
  for (int c = 0; c < channels; ++c) {
    const size_t call = random.below(calls.size());
    const auto frame = static_cast<int>(random.below(static_cast<size_t>(calls[call].frames())));
    places_.push_back({call, frame, random.seed()});
  }
  heard_.resize(places_.size());
}

const std::vector<Schedule::Heard>& Schedule::next() {
  for (size_t c = 0; c < places_.size(); ++c) {
    Place& place = places_[c];
    if (place.frame == calls_[place.call].frames()) {
      Random random(place.seed);
      place = {random.below(calls_.size()), 0, random.seed()};
    }
    const Call& call = calls_[place.call];
    heard_[c] = {call.samples.data() + static_cast<size_t>(place.frame) * cpd::kFrameSamples,
                 place.frame == 0 || first_,
                 place.frame == call.answerFrame ||
                     (first_ && call.answerFrame >= 0 && place.frame > call.answerFrame)};
    ++place.frame;
  }
  first_ = false;
  return heard_;
}

}  // namespace bench
