// A channel's result is the same to the last bit alone and in any company, on every instruction set.
#include <doctest/doctest.h>

#include <cstring>
#include <random>
#include <vector>

#include "cpd/detector_bank.h"
#include "test/cpd/detector_fixture.h"

using detector_fixture::Call;
using detector_fixture::settings;
using media::cadenceSignal;

namespace {

media::Signal planTone(const char* plan, const cpd::Cadence cpd::TonePlan::*which) {
  return cadenceSignal(cpd::findTonePlan(plan)->*which);
}

// Calls of all sorts, 5 s each.
std::vector<std::vector<int16_t>> calls() {
  std::vector<std::vector<int16_t>> all;
  const auto add = [&all](Call& call) {
    all.push_back(call.audio());
    all.back().resize(5 * cpd::kSampleRateHz);
  };
  for (const char* voice : {"live-01-en", "live-21-de", "live-30-it", "machine-02-en", "machine-11-de"}) {
    Call call(-60);
    add(call.silence(700).voice(voice));
  }
  for (const char* plan : {"US", "DE", "GB", "JP"}) {
    Call busy(-50), ringing(-70);
    add(busy.silence(310).tone(planTone(plan, &cpd::TonePlan::busy), 4000));
    add(ringing.silence(130).tone(planTone(plan, &cpd::TonePlan::ringback), 4500));
  }
  Call beep(-45), silent(-90), loud(-12);
  add(beep.voice("machine-01-en", 2500).silence(300).tone(media::beepSignal(1000, 400), 900));
  add(silent.silence(4000));
  add(loud.silence(4000));
  // The worst that 16 bits can be: the extremes in turn, a constant, and noise over the whole range.
  std::vector<int16_t> square(5 * cpd::kSampleRateHz), constant(square.size(), -32768), noise(square.size());
  std::mt19937 random(3);
  for (size_t i = 0; i < square.size(); ++i) {
    square[i] = i % 16 < 8 ? -32768 : 32767;
    noise[i] = static_cast<int16_t>(random());
  }
  all.push_back(square);
  all.push_back(constant);
  all.push_back(noise);
  return all;
}

bool isLost(size_t channel, size_t frame) { return (channel * 7 + frame * 13) % 61 == 0; }

// All that a detector says, as bytes.
struct Said {
  std::vector<cpd::Observation> observations;
  std::vector<float> scores;
  cpd::Verdict verdict{};
  float confidence = 0;

  void add(std::span<const cpd::Observation> some) {
    observations.insert(observations.end(), some.begin(), some.end());
  }
  void end(cpd::Detector& detector) {
    add(detector.finish());
    const cpd::Evidence& evidence = detector.evidence();
    verdict = evidence.verdict;
    confidence = evidence.confidence;
    for (const cpd::Score& score : evidence.scores) scores.push_back(score.value);
  }
};

bool sameBits(float a, float b) { return std::memcmp(&a, &b, sizeof a) == 0; }

bool same(const cpd::Observation& a, const cpd::Observation& b) {
  bool equal = a.kind == b.kind && a.startMs == b.startMs && a.endMs == b.endMs && a.tone == b.tone &&
               a.ambiguousWith == b.ambiguousWith && a.verdict == b.verdict && a.sit == b.sit &&
               sameBits(a.confidence, b.confidence) && a.segment.kind == b.segment.kind &&
               a.segment.startMs == b.segment.startMs && a.segment.endMs == b.segment.endMs &&
               sameBits(a.segment.dbm0, b.segment.dbm0);
  for (int i = 0; i < 3; ++i)
    equal = equal && sameBits(a.hz[i], b.hz[i]) && sameBits(a.segment.hz[i], b.segment.hz[i]);
  return equal;
}

bool same(const Said& a, const Said& b) {
  bool equal = a.observations.size() == b.observations.size() && a.scores.size() == b.scores.size() &&
               a.verdict == b.verdict && sameBits(a.confidence, b.confidence);
  for (size_t i = 0; equal && i < a.observations.size(); ++i)
    equal = same(a.observations[i], b.observations[i]);
  for (size_t i = 0; equal && i < a.scores.size(); ++i) equal = sameBits(a.scores[i], b.scores[i]);
  return equal;
}

std::vector<Said> alone(const std::vector<std::vector<int16_t>>& all) {
  std::vector<Said> said(all.size());
  const auto how = settings();
  for (size_t c = 0; c < all.size(); ++c) {
    cpd::Detector detector;
    detector.start(how, c % 2 == 0 ? cpd::StartAt::kAnswer : cpd::StartAt::kDial);
    for (size_t frame = 0; frame * cpd::kFrameSamples < all[c].size(); ++frame) {
      const bool lost = isLost(c, frame);
      said[c].add(detector.process(lost ? nullptr : all[c].data() + frame * cpd::kFrameSamples,
                                   lost ? cpd::FrameKind::kLost : cpd::FrameKind::kAudio));
    }
    said[c].end(detector);
  }
  return said;
}

// Each frame the channels come in another order, `atOnce` of them in one call.
std::vector<Said> together(const std::vector<std::vector<int16_t>>& all, const cpd::FrontEnd& frontEnd,
                           size_t atOnce, uint32_t seed) {
  std::vector<Said> said(all.size());
  std::vector<cpd::Detector> detectors(all.size());
  const auto how = settings();
  std::vector<size_t> order(all.size());
  for (size_t c = 0; c < all.size(); ++c) {
    detectors[c].start(how, c % 2 == 0 ? cpd::StartAt::kAnswer : cpd::StartAt::kDial);
    order[c] = c;
  }
  std::mt19937 random(seed);
  for (size_t frame = 0; frame * cpd::kFrameSamples < all[0].size(); ++frame) {
    std::shuffle(order.begin(), order.end(), random);
    for (size_t first = 0; first < order.size(); first += atOnce) {
      const size_t last = std::min(order.size(), first + atOnce);
      std::vector<cpd::BankChannel> bank;
      for (size_t i = first; i < last; ++i) {
        const size_t c = order[i];
        const bool lost = isLost(c, frame);
        bank.push_back({&detectors[c],
                        lost ? nullptr : all[c].data() + frame * cpd::kFrameSamples,
                        lost ? cpd::FrameKind::kLost : cpd::FrameKind::kAudio,
                        {}});
      }
      cpd::hearTogether(bank, frontEnd);
      for (size_t i = first; i < last; ++i) said[order[i]].add(bank[i - first].heard);
    }
  }
  for (size_t c = 0; c < all.size(); ++c) said[c].end(detectors[c]);
  return said;
}

int different(const std::vector<Said>& a, const std::vector<Said>& b) {
  int count = 0;
  for (size_t c = 0; c < a.size(); ++c) count += !same(a[c], b[c]);
  return count;
}

}  // namespace

TEST_CASE("bank: the same bits alone and together, on every instruction set") {
  const auto all = calls();
  const std::vector<Said> wanted = alone(all);
  size_t verdicts = 0;
  for (const Said& said : wanted) verdicts += said.verdict == cpd::Verdict::kBusy;
  CHECK(verdicts > 1);  // the calls are what they should be
  CHECK(different(wanted, together(all, cpd::FrontEnd(), all.size(), 1)) == 0);
  uint32_t seed = 2;
  for (const cpd::InstructionSet set : cpd::instructionSets()) {
    INFO(cpd::name(set));
    CHECK(different(wanted, together(all, cpd::FrontEnd(set), all.size(), ++seed)) == 0);
    CHECK(different(wanted, together(all, cpd::FrontEnd(set), 1, ++seed)) == 0);
    CHECK(different(wanted, together(all, cpd::FrontEnd(set), 7, ++seed)) == 0);
  }
}

TEST_CASE("bank: of more channels than one call of the front end takes") {
  const auto few = calls();
  std::vector<std::vector<int16_t>> many;
  for (size_t c = 0; c < 150; ++c) {
    many.push_back(few[c % few.size()]);
    many.back().resize(12 * cpd::kFrameSamples);
  }
  CHECK(different(alone(many), together(many, cpd::FrontEnd(), many.size(), 1)) == 0);
}

TEST_CASE("bank: nobody in it") { cpd::hearTogether({}); }
