// The voice model against the trainer's own arithmetic, and the same to the last bit on every processor.
#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <cstring>
#include <vector>

#include "cpd/operating_point.h"
#include "cpd/voice/voice_activity.h"
#include "cpd/voice/voice_features.h"
#include "cpd/voice/voice_history.h"
#include "cpd/voice/voice_input.h"
#include "cpd/voice/voice_model.h"
#include "cpd/voice/voice_net.h"
#include "test/cpd/voice/voice_reference.inc"

using cpd::InstructionSet;
using cpd::VoiceInput;
using cpd::VoiceMemory;
using cpd::VoiceNet;

namespace {

constexpr int kSteps = 60;

// As made_up_inputs() of train.py.
std::vector<VoiceInput> madeUpInputs() {
  std::vector<VoiceInput> steps(kSteps);
  uint64_t state = 1;
  for (VoiceInput& step : steps) {
    for (int8_t& figure : step) {
      state = (state * 1103515245 + 12345) % (uint64_t{1} << 31);
      figure = static_cast<int8_t>(state / 65536 % 81 - 60);
    }
  }
  return steps;
}

// `channels` channels that hear the same, one of them behind by a step.
std::vector<VoiceMemory> remember(InstructionSet set, size_t channels, size_t behind) {
  const VoiceNet net(set);
  std::vector<VoiceMemory> memories(channels);
  for (VoiceMemory& memory : memories) memory.fill(0);
  const std::vector<VoiceInput> steps = madeUpInputs();
  for (size_t at = 0; at < steps.size(); ++at) {
    std::vector<const VoiceInput*> in(channels, &steps[at]);
    if (behind < channels && at > 0) in[behind] = &steps[at - 1];
    std::vector<VoiceMemory*> to;
    for (VoiceMemory& memory : memories) to.push_back(&memory);
    net.step(in, to);
  }
  return memories;
}

}  // namespace

TEST_CASE("the voice network remembers what the trainer says it does") {
  for (InstructionSet set : cpd::instructionSets()) {
    INFO(cpd::name(set));
    const VoiceMemory memory = remember(set, 1, 1)[0];
    REQUIRE(std::size(kReferenceMemory) == memory.size());
    for (size_t i = 0; i < memory.size(); ++i)
      CHECK(std::abs(static_cast<double>(memory[i]) - kReferenceMemory[i]) < 2e-4);
    cpd::VoiceFeatures ones;
    ones.value.fill(1);
    const cpd::VoiceScore score = cpd::scoreVoice(ones, memory);
    CHECK(std::abs(static_cast<double>(score.machine) - kReferenceOdds[0]) < 2e-3);
    CHECK(std::abs(static_cast<double>(score.screening) - kReferenceOdds[1]) < 2e-3);
  }
}

TEST_CASE("a channel's memory is the same to the last bit in any company and on any processor") {
  const VoiceMemory alone = remember(InstructionSet::kBaseline, 1, 1)[0];
  for (InstructionSet set : cpd::instructionSets()) {
    for (size_t channels : {1, 5, 17, 64}) {
      INFO(cpd::name(set));
      CAPTURE(channels);
      const std::vector<VoiceMemory> all = remember(set, channels, channels > 1 ? channels / 2 : 1);
      for (size_t c = 0; c < channels; ++c) {
        const bool same = std::memcmp(&all[c], &alone, sizeof alone) == 0;
        CHECK(same == (c != channels / 2 || channels == 1));
      }
    }
  }
}

TEST_CASE("who may be lost more often is decided sooner for a machine, never later") {
  for (cpd::Mode mode : {cpd::Mode::kAccurateAmDetection, cpd::Mode::kPositiveAmDetection}) {
    for (int32_t greetingMs : {100, 600, 900, 1500, 2000, 3000, 5000}) {
      CAPTURE(greetingMs);
      const auto at = [&](float loss) { return cpd::OperatingPoint(mode, loss).linesFor(greetingMs); };
      cpd::DecisionLines before = at(0.001f);
      for (float loss : {0.003f, 0.005f, 0.01f, 0.02f, 0.03f, 0.1f}) {
        CAPTURE(loss);
        const cpd::DecisionLines now = at(loss);
        CHECK(now.machineAtEnd < before.machineAtEnd);
        CHECK(now.machineInPause < before.machineInPause);
        for (int i = 1; i < cpd::DecisionLines::kPoints; ++i) {
          CHECK(now.silenceMs[i] > now.silenceMs[i - 1]);
          CHECK(now.liveBelow[i] >= now.liveBelow[i - 1]);
        }
        before = now;
      }
      CHECK(at(0).machineAtEnd == at(cpd::humanLossOf(mode)).machineAtEnd);
      CHECK(at(0).liveBelow[0] == at(cpd::humanLossOf(mode)).liveBelow[0]);
    }
    float talking = cpd::OperatingPoint(mode, 0.001f).machineWhileTalking();
    for (float loss : {0.003f, 0.01f, 0.03f, 0.1f}) {
      const float now = cpd::OperatingPoint(mode, loss).machineWhileTalking();
      CHECK(now < talking);
      talking = now;
    }
  }
}

TEST_CASE("the shorter a greeting, the surer must be who calls it a recording") {
  for (float loss : {0.001f, 0.003f, 0.01f, 0.03f, 0.1f}) {
    const cpd::OperatingPoint point(cpd::Mode::kAccurateAmDetection, loss);
    for (int32_t ms = 700; ms <= 3000; ms += 100)
      CHECK(point.linesFor(ms).machineAtEnd <= point.linesFor(ms - 100).machineAtEnd);
  }
}

TEST_CASE("lines of the operating point are those of the nearest lengths of greetings") {
  const cpd::OperatingPoint point(cpd::Mode::kAccurateAmDetection, 0.01f);
  const cpd::DecisionLines low = point.linesFor(600), high = point.linesFor(1500);
  CHECK(point.linesFor(0).machineAtEnd == low.machineAtEnd);
  CHECK(point.linesFor(9000).machineAtEnd == point.linesFor(3000).machineAtEnd);
  CHECK(point.linesFor(1050).machineAtEnd == doctest::Approx((low.machineAtEnd + high.machineAtEnd) / 2));
  CHECK(low.liveBelowAfter(low.silenceMs[0] - 1) == -100);
  CHECK(low.liveBelowAfter(low.silenceMs[0]) == low.liveBelow[0]);
  CHECK(low.liveBelowAfter(low.longestSilenceMs()) == 100);
}

TEST_CASE("digital silence of up to four frames is a loss that nobody marked; longer silence is heard") {
  cpd::VoiceLevels levels;
  cpd::FrameFeatures voice, nothing;
  voice.levelDbm0 = -20;
  voice.voicing = 0.9f;
  voice.pitchHz = 140;
  nothing.digitalSilence = true;
  const cpd::VoiceFrame before = levels.next(voice);
  for (int i = 0; i < cpd::kMaxConcealedFrames; ++i) CHECK(levels.next(nothing) == before);
  const cpd::VoiceFrame fifth = levels.next(nothing);
  CHECK(fifth[0] < before[0]);
  CHECK(levels.next(voice)[2] > before[2]);
}

TEST_CASE("the figures of a greeting are the same with a packet of it replaced by silence") {
  const auto greeting = [](bool loses) {
    cpd::VoiceHistory history;
    for (int i = 0; i < 100; ++i) {
      cpd::FrameFeatures f;
      const bool gap = loses && (i == 50 || i == 51);
      f.levelDbm0 = gap ? -90.0f : (i >= 20 && i < 80 ? -20.0f - static_cast<float>(i % 3) : -60.0f);
      f.digitalSilence = gap;
      f.voicing = 0.8f;
      f.pitchHz = 140;
      history.push(f, false);
    }
    cpd::VoiceActivity activity;
    findVoiceActivity(history, 0, activity);
    cpd::VoiceFeatures figures;
    REQUIRE(measureVoice(history, activity, 0, figures));
    return figures;
  };
  using enum cpd::VoiceFeature;
  const cpd::VoiceFeatures whole = greeting(false), torn = greeting(true);
  for (const cpd::VoiceFeature f : {kSpan, kRuns, kLongestPause, kFloorInside, kGate, kPeak, kVoiced})
    CHECK(torn[f] == doctest::Approx(whole[f]).epsilon(0.02));
}
