#include "stages.h"

#include <algorithm>
#include <stdexcept>

#include "cpd/detector_bank.h"
#include "cpd/tones/cadence/tone_set.h"
#include "cpd/tones/tone_receiver.h"
#include "spandsp_tones.h"

namespace bench {
namespace {

constexpr const char* kPlan = "US";
constexpr size_t kAtOnce = cpd::FrontEnd::kMostChannels;

class SpandspStage final : public Stage {
 public:
  explicit SpandspStage(int channels) : tones_(*cpd::findTonePlan(kPlan), channels) {}
  void hear(const std::vector<Schedule::Heard>& frames) override {
    for (size_t c = 0; c < frames.size(); ++c) tones_.process(static_cast<int>(c), frames[c].samples);
  }
  std::size_t stateBytes() const override { return tones_.stateBytes(); }
  int found() const override { return tones_.found(); }

 private:
  SpandspTones tones_;
};

class FrontEndStage final : public Stage {
 public:
  FrontEndStage(int channels, const cpd::FrontEnd& frontEnd, bool voice)
      : frontEnd_(frontEnd), voice_(voice), channels_(static_cast<size_t>(channels)) {}

  void hear(const std::vector<Schedule::Heard>& frames) override {
    for (size_t first = 0; first < channels_.size(); first += kAtOnce) {
      const cpd::FrontEndInput* in[kAtOnce];
      cpd::FrontEndFrame* out[kAtOnce];
      const size_t count = std::min(kAtOnce, channels_.size() - first);
      for (size_t i = 0; i < count; ++i) {
        cpd::ToneReceiver& channel = channels_[first + i];
        channel.take(frames[first + i].samples, cpd::FrameKind::kAudio);
        in[i] = &channel.input();
        out[i] = &measured_[i];
      }
      frontEnd_.measure({in, count}, {out, count}, voice_);
    }
  }

 private:
  const cpd::FrontEnd& frontEnd_;
  const bool voice_;
  std::vector<cpd::ToneReceiver> channels_;
  cpd::FrontEndFrame measured_[kAtOnce];
};

class TonesStage final : public Stage {
 public:
  TonesStage(int channels, const cpd::FrontEnd& frontEnd)
      : frontEnd_(frontEnd),
        set_(cpd::makeToneSet(*cpd::findTonePlan(kPlan))),
        receivers_(static_cast<size_t>(channels)),
        bank_(receivers_.size()) {
    for (size_t c = 0; c < receivers_.size(); ++c) bank_[c].receiver = &receivers_[c];
  }

  void hear(const std::vector<Schedule::Heard>& frames) override {
    for (size_t c = 0; c < receivers_.size(); ++c) {
      if (frames[c].starts) receivers_[c].start(set_);
      bank_[c].samples = frames[c].samples;
    }
    cpd::hearTonesTogether(bank_, frontEnd_);
    for (const cpd::ToneBankChannel& channel : bank_)
      for (const cpd::ToneEvent& event : channel.heard)
        found_ += event.kind == cpd::ToneEventKind::kRecognised;
  }
  std::size_t stateBytes() const override {
    return sizeof(cpd::ToneReceiver) + cpd::ToneReceiver::stateBytes();
  }
  int found() const override { return found_; }

 private:
  const cpd::FrontEnd& frontEnd_;
  std::shared_ptr<const cpd::ToneSet> set_;
  std::vector<cpd::ToneReceiver> receivers_;
  std::vector<cpd::ToneBankChannel> bank_;
  int found_ = 0;
};

class AllStage final : public Stage {
 public:
  AllStage(int channels, const cpd::FrontEnd& frontEnd, const cpd::VoiceNet& voiceNet,
           std::shared_ptr<const cpd::known::Library> recordings)
      : frontEnd_(frontEnd),
        voiceNet_(voiceNet),
        detectors_(static_cast<size_t>(channels)),
        bank_(detectors_.size()) {
    auto settings = std::make_shared<cpd::Settings>();
    settings->plan = *cpd::findTonePlan(kPlan);
    settings->recordings = std::move(recordings);
    settings_ = std::move(settings);
    for (size_t c = 0; c < detectors_.size(); ++c) bank_[c].detector = &detectors_[c];
  }

  void hear(const std::vector<Schedule::Heard>& frames) override {
    for (size_t c = 0; c < bank_.size(); ++c) {
      if (frames[c].starts) detectors_[c].start(settings_, cpd::StartAt::kDial);
      if (frames[c].answered) detectors_[c].answered();
      bank_[c].samples = frames[c].samples;
    }
    cpd::hearTogether(bank_, frontEnd_, voiceNet_);
    for (const cpd::BankChannel& channel : bank_)
      for (const cpd::Observation& o : channel.heard) found_ += o.kind == cpd::ObservationKind::kVerdict;
  }
  std::size_t stateBytes() const override {
    return cpd::Detector::stateBytes() + (settings_->recordings ? cpd::Detector::recordingBytes() : 0);
  }
  int found() const override { return found_; }

 private:
  const cpd::FrontEnd& frontEnd_;
  const cpd::VoiceNet& voiceNet_;
  std::shared_ptr<const cpd::Settings> settings_;
  std::vector<cpd::Detector> detectors_;
  std::vector<cpd::BankChannel> bank_;
  int found_ = 0;
};

}  // namespace

std::unique_ptr<Stage> makeStage(const std::string& name, int channels, const cpd::FrontEnd& frontEnd,
                                 const cpd::VoiceNet& voiceNet,
                                 std::shared_ptr<const cpd::known::Library> recordings) {
  if (name == "spandsp") return std::make_unique<SpandspStage>(channels);
  if (name == "tones") return std::make_unique<TonesStage>(channels, frontEnd);
  if (name == "all") return std::make_unique<AllStage>(channels, frontEnd, voiceNet, nullptr);
  if (name == "all-known")
    return std::make_unique<AllStage>(channels, frontEnd, voiceNet, std::move(recordings));
  if (name == "front-end-tones") return std::make_unique<FrontEndStage>(channels, frontEnd, false);
  if (name == "front-end-all") return std::make_unique<FrontEndStage>(channels, frontEnd, true);
  throw std::invalid_argument("stage " + name +
                              ": expected spandsp, tones, all, all-known, front-end-tones or front-end-all");
}

}  // namespace bench
