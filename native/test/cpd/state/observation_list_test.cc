// Nothing that a detector says is overwritten, however much there is to say of one frame.
#include "cpd/state/observation_list.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <random>

#include "cpd/detector.h"

using cpd::Detector;
using cpd::FrameKind;
using cpd::kFrameMs;
using cpd::kFrameSamples;
using cpd::Observation;
using cpd::ObservationKind;
using cpd::ObservationList;

TEST_CASE("a full list keeps what is in it, and segments leave a place for the verdict") {
  ObservationList list;
  int segments = 0;
  while (list.hasRoomForSegment()) list.add(ObservationKind::kSegment, segments++, cpd::kNever);
  CHECK(segments == ObservationList::kMost - 1);
  list.add(ObservationKind::kVerdict, segments, cpd::kNever);
  list.add(ObservationKind::kBeep, 99, cpd::kNever);  // beyond the list
  REQUIRE(list.all().size() == ObservationList::kMost);
  for (int i = 0; i < segments; ++i) CHECK(list.all()[static_cast<size_t>(i)].startMs == i);
  CHECK(list.all().back().kind == ObservationKind::kVerdict);
}

TEST_CASE("what is said between frames goes with the next frame, once") {
  ObservationList list;
  list.beginFrame();
  list.add(ObservationKind::kBeep, 1, cpd::kNever);
  list.beginBetweenFrames();
  CHECK(list.all().empty());
  list.add(ObservationKind::kVerdict, 2, cpd::kNever);
  list.beginBetweenFrames();
  list.beginFrame();
  list.add(ObservationKind::kBeep, 3, cpd::kNever);
  REQUIRE(list.all().size() == 2);
  CHECK(list.all()[0].startMs == 2);
  list.beginFrame();
  CHECK(list.all().empty());
}

namespace {

// Noise and silence in turn, a frame each: every frame is a segment of its own. Too soft for speech.
std::array<int16_t, kFrameSamples> noiseOrSilence(int frame, std::mt19937& random) {
  std::array<int16_t, kFrameSamples> samples{};
  std::uniform_int_distribution<int> noise(-300, 300);
  if (frame % 2 == 0)
    for (int16_t& sample : samples) sample = static_cast<int16_t>(noise(random));
  return samples;
}

}  // namespace

TEST_CASE("more segments than fit wait for the next look, and the verdict of that frame is said") {
  // Every sixth frame heard is looked back from, and no lost one: their segments pile up.
  constexpr int kHeard = 65, kLost = 44, kThen = 300;
  auto settings = std::make_shared<cpd::Settings>();
  settings->plan = *cpd::findTonePlan("US");
  // The frame after the lost ones is the last before the deadline.
  settings->cpdTimeoutMs = (kHeard + kLost + 1) * kFrameMs;
  Detector detector;
  detector.start(settings, cpd::StartAt::kAnswer);
  std::mt19937 random(5);
  int32_t endMs = 0;
  size_t most = 0;
  int verdicts = 0, atVerdict = 0, segmentsThen = 0;
  for (int frame = 0; frame < kHeard + kLost + kThen; ++frame) {
    const bool lost = frame >= kHeard && frame < kHeard + kLost;
    const auto samples = noiseOrSilence(frame, random);
    const auto said = detector.process(samples.data(), lost ? FrameKind::kLost : FrameKind::kAudio);
    int segments = 0;
    for (const Observation& o : said) {
      if (o.kind == ObservationKind::kSegment) {
        CHECK(o.segment.startMs == endMs);
        endMs = o.segment.endMs;
        ++segments;
      }
      if (o.kind == ObservationKind::kVerdict) {
        ++verdicts;
        atVerdict = frame;
        segmentsThen = segments;
      }
    }
    most = std::max(most, said.size());
  }
  CHECK(verdicts == 1);
  CHECK(atVerdict == kHeard + kLost);
  CHECK(segmentsThen == ObservationList::kMost - 1);
  CHECK(most == ObservationList::kMost);
  CHECK(endMs >= (kHeard + kLost + kThen - 60) * kFrameMs);
}

TEST_CASE("a verdict given at answer is said at the end of the audio too, if no frame comes in between") {
  auto settings = std::make_shared<cpd::Settings>();
  settings->plan = *cpd::findTonePlan("US");
  settings->mode = cpd::Mode::kNoProgressDetection;
  Detector detector;
  detector.start(settings, cpd::StartAt::kAnswer);
  const auto said = detector.finish();
  REQUIRE(said.size() == 1);
  CHECK(said[0].kind == ObservationKind::kVerdict);
}

TEST_CASE("a verdict given when the detector is re-armed is said with the next frame, once") {
  auto settings = std::make_shared<cpd::Settings>();
  settings->plan = *cpd::findTonePlan("US");
  settings->mode = cpd::Mode::kNoProgressDetection;
  Detector detector;
  detector.start(settings, cpd::StartAt::kAnswer);
  const std::array<int16_t, kFrameSamples> silence{};
  const auto verdicts = [&] {
    const auto said = detector.process(silence.data());
    return std::count_if(said.begin(), said.end(),
                         [](const Observation& o) { return o.kind == ObservationKind::kVerdict; });
  };
  CHECK(verdicts() == 1);
  CHECK(verdicts() == 0);
  detector.rearm();
  CHECK(verdicts() == 1);
  CHECK(verdicts() == 0);
}
