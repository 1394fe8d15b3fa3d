// A recorded call gives the same when it is run again, bit for bit; what was changed is found out.
#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "cpd/recording/call_recording.h"
#include "cpd/recording/recorded_words.h"
#include "cpd/recording/replay.h"
#include "cpd/tones/plan/cadence_notation.h"
#include "test/board/sim/harness.h"
#include "test/cpd/detector_fixture.h"

using detector_fixture::Call;
using detector_fixture::settings;

namespace {

// A call with lost frames, comfort noise, a signalled answer and a rearm, and what the detector said.
std::vector<uint8_t> record(cpd::Settings set, const std::vector<int16_t>& audio, size_t mostBytes) {
  cpd::Detector detector;
  cpd::CallRecorder recorder;
  const auto shared = std::make_shared<const cpd::Settings>(std::move(set));
  detector.start(shared, cpd::StartAt::kDial);
  recorder.start(*shared, cpd::StartAt::kDial, "***00", mostBytes);
  for (size_t frame = 0; frame < audio.size() / cpd::kFrameSamples; ++frame) {
    if (frame == 20) {
      detector.answered();
      recorder.answered();
    }
    if (frame == 300) {
      recorder.concluded(detector.evidence());
      detector.rearm();
      recorder.rearmed();
    }
    const auto kind = frame % 50 == 49   ? cpd::FrameKind::kLost
                      : frame % 50 == 10 ? cpd::FrameKind::kComfortNoise
                                         : cpd::FrameKind::kAudio;
    const int16_t* samples = audio.data() + frame * cpd::kFrameSamples;
    recorder.frame(samples, kind);
    recorder.observed(detector.process(samples, kind));
  }
  recorder.finished();
  recorder.observed(detector.finish());
  recorder.concluded(detector.evidence());
  return recorder.take();
}

std::vector<int16_t> someCall() {
  return Call()
      .silence(600)
      .voice("machine-01-en", 3000)
      .silence(500)
      .tone(media::cadenceSignal(cpd::parseCadence("1000/0")), 400)
      .silence(2000)
      .audio();
}

std::vector<uint8_t> contentOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

TEST_CASE("a recording replays bit for bit, whatever the settings and the frames") {
  for (const float offset : {0.0f, -1.7f, 0.1f}) {
    cpd::Settings set = *settings("GB", 3210);
    set.mode = cpd::Mode::kPositiveAmDetection;
    set.maxHumanLoss = 0.003f;
    set.scoreOffset = offset;
    set.plan.busy = cpd::parseCadence("400.3+450.7/375,0/375");
    const std::vector<uint8_t> bytes = record(set, someCall(), cpd::kMostRecordingBytes);
    const cpd::CallRecording read = cpd::readRecording(bytes);
    CHECK(read.label == "***00");
    CHECK(!read.full);
    CHECK(read.settings.scoreOffset == offset);
    CHECK(read.settings.maxHumanLoss == set.maxHumanLoss);
    CHECK(read.settings.mode == set.mode);
    CHECK(read.settings.cpdTimeoutMs == 3210);
    CHECK(cpd::cadenceNotation(read.settings.plan.busy) == cpd::cadenceNotation(set.plan.busy));

    const cpd::ReplayResult result = cpd::replay(read);
    CHECK(result.differences == 0);
    CHECK(result.compared > 5);
    CHECK(result.lostFrames > 5);
    CHECK(result.comfortNoiseFrames > 5);
    CHECK(result.now.verdict != cpd::Verdict::kNone);
    const bool told = std::any_of(
        result.now.scores.begin(), result.now.scores.end(),
        [&](const cpd::Score& s) { return std::string_view(s.name) == "scoreOffset" && s.value == offset; });
    CHECK(told == (offset != 0));
  }
}

TEST_CASE("a recording with settings that no call can have is refused by name") {
  const auto refusal = [](auto change) {
    cpd::Settings set = *settings();
    change(set);
    try {
      cpd::readRecording(record(set, someCall(), 2000));
    } catch (const std::invalid_argument& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK(refusal([](cpd::Settings&) {}).empty());
  CHECK(refusal([](cpd::Settings& s) { s.cpdTimeoutMs = -1; }).find("cpdTimeoutMs") != std::string::npos);
  CHECK(refusal([](cpd::Settings& s) { s.maxHumanLoss = 7; }).find("maxHumanLoss") != std::string::npos);
  CHECK(refusal([](cpd::Settings& s) { s.scoreOffset = std::nanf(""); }).find("scoreOffset") !=
        std::string::npos);
}

TEST_CASE("a replay names what has become different") {
  cpd::CallRecording read = cpd::readRecording(record(*settings(), someCall(), cpd::kMostRecordingBytes));
  const cpd::ReplayResult before = cpd::replay(read);
  REQUIRE(before.differences == 0);

  SUBCASE("in a figure") {
    read.settings.scoreOffset = 0.25f;
    const cpd::ReplayResult result = cpd::replay(read);
    REQUIRE(result.differences > 0);
    CHECK(result.first.front().recorded != result.first.front().replayed);
  }
  SUBCASE("in one bit of one number") {
    for (cpd::RecordedStep& step : read.steps)
      if (step.kind == 'V') step.said.back() ^= 1;
    CHECK(cpd::replay(read).differences == 2);
  }
  SUBCASE("in an observation that is not made any more") {
    for (cpd::RecordedStep& step : read.steps)
      if (step.kind == 'F') step.samples.assign(cpd::kFrameSamples, 0);
    const cpd::ReplayResult result = cpd::replay(read);
    REQUIRE(result.differences > 0);
    CHECK(result.first.size() <= cpd::kShownDifferences);
    CHECK(result.first.front().replayed.empty());
    CHECK(!result.first.front().recorded.empty());
  }
}

TEST_CASE("a recording stays below its limit and what it holds still replays") {
  const std::vector<int16_t> audio = someCall();
  for (const size_t limit : {size_t{0}, size_t{2000}, size_t{40'000}, size_t{41'003}, size_t{1'000'000}}) {
    const std::vector<uint8_t> bytes = record(*settings(), audio, limit);
    CHECK(bytes.size() <= std::max<size_t>(limit, 1000));
    const cpd::CallRecording read = cpd::readRecording(bytes);
    CHECK(read.full == (limit < 1'000'000));
    CHECK(cpd::replay(read).differences == 0);
  }
}

TEST_CASE("a recording that was cut or changed is refused") {
  const std::vector<uint8_t> good = record(*settings(), someCall(), 8000);
  CHECK_NOTHROW(cpd::readRecording(good));
  for (size_t size = 0; size < good.size(); size += size < 700 ? 1 : 37)
    CHECK_THROWS_AS(cpd::readRecording(std::span(good).first(size)), std::invalid_argument);
  for (size_t at = 0; at < good.size(); at += 3) {
    std::vector<uint8_t> changed = good;
    changed[at] ^= 4;
    CHECK_THROWS_AS(cpd::readRecording(changed), std::invalid_argument);
  }
  std::vector<uint8_t> longer = good;
  longer.push_back(0);
  CHECK_THROWS_AS(cpd::readRecording(longer), std::invalid_argument);
}

TEST_CASE("every built-in plan's cadences come back from their notation") {
  for (const cpd::TonePlan& plan : cpd::builtInTonePlans()) {
    for (const cpd::Cadence* cadence : {&plan.dial, &plan.ringback, &plan.busy, &plan.congestion,
                                        &plan.callWaiting, &plan.info, &plan.numberUnobtainable}) {
      const cpd::Cadence again = cpd::parseCadence(cpd::cadenceNotation(*cadence));
      REQUIRE(again.steps.size() == cadence->steps.size());
      CHECK(again.once == cadence->once);
      for (size_t i = 0; i < again.steps.size(); ++i) {
        CHECK(again.steps[i].hz1 == cadence->steps[i].hz1);
        CHECK(again.steps[i].hz2 == cadence->steps[i].hz2);
        CHECK(again.steps[i].modHz == cadence->steps[i].modHz);
        CHECK(again.steps[i].ms == cadence->steps[i].ms);
      }
    }
  }
}

TEST_CASE("the simulated board records a call on request, for its owner only") {
  char folder[] = "/tmp/cpd-recording-XXXXXX";
  REQUIRE(::mkdtemp(folder) != nullptr);
  const std::string path = std::string(folder) + "/call.cpdrec";
  {
    simtest::Bench bench(simtest::config(board::TrunkKind::kIsdn,
                                         {simtest::subscriber("12125550100", board::sim::Kind::kLive)}));
    board::DialParameters parameters;
    parameters.recordFile = path;
    REQUIRE(bench.call(1, 7, "12125550100", parameters));
    REQUIRE(bench.until(1, board::EventType::kVerdict, 60000) != nullptr);
    REQUIRE(bench.board->rearm(1, 7) == board::Status::kOk);
    bench.board->advance(2000);
    REQUIRE(bench.board->drop(1, 7) == board::Status::kOk);
    REQUIRE(bench.until(1, board::EventType::kReleased, 1000) != nullptr);
    // The next call is not recorded.
    REQUIRE(bench.answered(1, 8, "12125550100"));
    bench.board->close();
  }
  struct stat seen {};
  REQUIRE(::stat(path.c_str(), &seen) == 0);
  CHECK((seen.st_mode & 0777) == 0600);
  const cpd::CallRecording read = cpd::readRecording(contentOf(path));
  CHECK(read.label == "*********00");
  const cpd::ReplayResult result = cpd::replay(read);
  CHECK(result.differences == 0);
  CHECK(result.now.answerMs > 0);
  std::remove(path.c_str());
  ::rmdir(folder);
}
