#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "cpd/tones/plan/tone_plan.h"
#include "test/cpd/tones/tone_fixture.h"

using cpd::parseCadence;
using cpd::SitCategory;
using cpd::ToneEvent;
using cpd::ToneEventKind;
using media::beepSignal;
using media::cadenceSignal;
using media::Signal;
using media::ToneOptions;
using tone_fixture::hear;
using tone_fixture::Line;
using tone_fixture::namesHeard;
using tone_fixture::recognised;
using tone_fixture::render;

namespace {

std::shared_ptr<const cpd::ToneSet> plan(const char* code) {
  return cpd::makeToneSet(*cpd::findTonePlan(code));
}

std::vector<ToneEvent> heard(const char* code, const Signal& signal, double ms,
                             const ToneOptions& options = {}, const Line& line = {}) {
  return recognised(hear(plan(code), render(signal, options, ms, line), line));
}

std::vector<cpd::ToneSegment> segmentsOf(const Signal& signal, double ms, const ToneOptions& options = {}) {
  std::vector<cpd::ToneSegment> segments;
  for (const ToneEvent& event : hear(plan("US"), render(signal, options, ms)))
    if (event.kind == ToneEventKind::kSegmentEnd) segments.push_back(event.segment);
  return segments;
}

constexpr SitCategory kAllSit[] = {SitCategory::kIC,  SitCategory::kVC,  SitCategory::kRO1,
                                   SitCategory::kRO2, SitCategory::kNC1, SitCategory::kNC2,
                                   SitCategory::kR1,  SitCategory::kR2,  SitCategory::kITU};

}  // namespace

TEST_CASE("a tone segment has exact edges and frequencies") {
  for (const double hz : {400.0, 620.0, 1000.0, 1400.0, 2000.0}) {
    for (const double ms : {90.0, 200.0, 750.0}) {
      CAPTURE(hz);
      CAPTURE(ms);
      const auto segments = segmentsOf(beepSignal(hz, ms), 1500);
      REQUIRE(segments.size() == 1);
      CHECK(std::abs(segments[0].startMs - 137) <= 6);
      CHECK(std::abs(segments[0].endMs - segments[0].startMs - ms) <= 8);
      CHECK(std::abs(segments[0].hz[0] - hz) < 3);
      CHECK(segments[0].hz[1] == 0);
      CHECK(std::abs(segments[0].dbm0 + 20) < (ms < 100 ? 3.0 : 0.6));
      CHECK(segments[0].modHz == 0);
    }
  }
}

TEST_CASE("a gliding beep is one segment") {
  const auto segments = segmentsOf(beepSignal(900, 400, 60), 1500);
  REQUIRE(segments.size() == 1);
  CHECK(std::abs(segments[0].endMs - segments[0].startMs - 400) <= 20);
  CHECK(segments[0].driftHz > 10);
}

TEST_CASE("pairs and modulation show their rate") {
  const struct {
    const char* notation;
    float modHz, centreHz;
  } cases[] = {{"440+480/1000", 40, 460}, {"400+450/400", 50, 425}, {"413+438/400", 25, 425},
               {"400+425/400", 25, 412},  {"400*25/400", 25, 400},  {"425*24/400", 24, 425},
               {"400*16/1000", 16, 400},  {"400*33/400", 33, 400}};
  for (const auto& one : cases) {
    CAPTURE(one.notation);
    const auto segments =
        segmentsOf(cadenceSignal(parseCadence(std::string(one.notation) + ",0/3000")), 1700);
    REQUIRE(segments.size() == 1);
    CHECK(std::abs(segments[0].modHz - one.modHz) <= 2);
    CHECK(segments[0].modDepth > 0.6);
    CHECK(std::abs(segments[0].hz[0] - one.centreHz) < 6);
    CHECK(segments[0].hz[1] == 0);
  }
  const auto wide = segmentsOf(cadenceSignal(parseCadence("350+440/800,0/3000")), 1700);
  REQUIRE(wide.size() == 1);
  CHECK(wide[0].hz[1] > 0);
}

TEST_CASE("prefix traps wait for what tells the two apart") {
  for (const char* const code : {"BR", "ES", "GB", "AE", "SE", "TR", "IT", "CZ", "GR"}) {
    const cpd::TonePlan& national = *cpd::findTonePlan(code);
    for (const double startMs : {0.0, 60.0, 300.0, 510.0}) {
      CAPTURE(code);
      CAPTURE(startMs);
      ToneOptions options;
      options.startMs = startMs;
      Line line;
      line.leadMs = 0;
      CHECK(namesHeard(plan(code), cadenceSignal(national.busy), options, 4500, line) == "busy");
      CHECK(namesHeard(plan(code), cadenceSignal(national.congestion), options, 5500, line) == "congestion");
    }
  }
}

TEST_CASE("a cadence of another country is heard with less confidence, by its usual meaning") {
  const auto busy = heard("US", cadenceSignal(cpd::findTonePlan("DE")->busy), 6000);
  REQUIRE(busy.size() == 1);
  CHECK(busy[0].tone == cpd::ToneId::kBusy);
  CHECK_FALSE(busy[0].ownPlan);
  CHECK(busy[0].confidence < 0.75);

  const auto fast = heard("US", cadenceSignal(cpd::findTonePlan("MX")->busy), 4000);
  REQUIRE(fast.size() == 1);
  CHECK(fast[0].tone == cpd::ToneId::kCongestion);
  CHECK(fast[0].ambiguousWith == cpd::ToneId::kBusy);

  CHECK(namesHeard(plan("US"), cadenceSignal(cpd::findTonePlan("GB")->ringback), {}, 6000) == "ringback");
}

TEST_CASE("a named tone ends, and the surety grows while it lasts") {
  Signal signal = cadenceSignal(parseCadence("480+620/500,0/500"));
  signal.steps.insert(signal.steps.end(), signal.steps.begin(), signal.steps.end());
  signal.steps.insert(signal.steps.end(), signal.steps.begin(), signal.steps.end());
  signal.once = true;
  float surety = 0;
  int confirmed = 0;
  const ToneEvent* ended = nullptr;
  const auto events = hear(plan("US"), render(signal, {}, 6000));
  for (const ToneEvent& event : events) {
    if (event.kind == ToneEventKind::kConfirmed) {
      CHECK(event.confidence > surety);
      ++confirmed;
    }
    if (event.kind == ToneEventKind::kRecognised || event.kind == ToneEventKind::kConfirmed)
      surety = event.confidence;
    if (event.kind == ToneEventKind::kEnded) ended = &event;
  }
  CHECK(confirmed >= 1);
  REQUIRE(ended != nullptr);
  CHECK(ended->tone == cpd::ToneId::kBusy);
  CHECK(std::abs(ended->endMs - (137 + 3500)) < 20);
}

TEST_CASE("all SIT categories at nominal and limit values") {
  for (const SitCategory category : kAllSit) {
    CAPTURE(static_cast<int>(category));
    ToneOptions nominal, high, low, noisy, soft;
    nominal.dbm0 = -24;
    high.hzFactor = 1.015;
    high.dbm0 = -10;
    low.hzFactor = 0.985;
    low.timeFactor = 0.95;
    soft.dbm0 = -39;
    soft.timeFactor = 1.05;
    noisy.dbm0 = -24;
    Line quiet, aLaw, noise;
    aLaw.law = 'a';
    noise.noiseDbm0 = -39;
    noise.loseEvery = 31;
    const std::pair<ToneOptions, Line> all[] = {
        {nominal, quiet}, {high, quiet}, {low, aLaw}, {soft, aLaw}, {noisy, noise}};
    for (const auto& [options, line] : all) {
      const auto named = heard("US", media::sitSignal(category), 2000, options, line);
      REQUIRE(named.size() == 1);
      CHECK(named[0].tone == cpd::ToneId::kSit);
      CHECK(named[0].sit == category);
      CHECK(named[0].confidence > 0.6);
      CHECK(std::abs(named[0].startMs - 137) < 10);
    }
  }
}

TEST_CASE("a SIT whose first segment is clipped keeps its category, less surely") {
  for (const SitCategory category : kAllSit) {
    CAPTURE(static_cast<int>(category));
    ToneOptions options;
    options.startMs = 120;
    Line line;
    line.leadMs = 0;
    const auto named = heard("US", media::sitSignal(category), 2000, options, line);
    REQUIRE(named.size() == 1);
    CHECK(named[0].sit == category);
  }
  ToneOptions late;
  late.startMs = 335;
  Line line;
  line.leadMs = 0;
  const auto named = heard("US", media::sitSignal(SitCategory::kITU), 2000, late, line);
  REQUIRE(named.size() == 1);
  CHECK(named[0].confidence < 0.7);
}

TEST_CASE("national SIT forms") {
  for (const char* const form :
       {"900/330,1400/330,1800/330", "1000/330,1400/330,1800/330", "950/330,1440/330,1800/330",
        "950/330,1450/330,1850/330", "950/330,0/30,1400/330,0/30,1800/330", "950+1400+1800/300,0/1000"}) {
    CAPTURE(form);
    const auto named = heard("US", cadenceSignal(parseCadence(std::string(form) + ",0/2000")), 2000);
    REQUIRE(named.size() == 1);
    CHECK(named[0].tone == cpd::ToneId::kSit);
    CHECK(named[0].sit == SitCategory::kITU);
  }
}

TEST_CASE("three rising tones that are no SIT") {
  for (const char* const form :
       {"800/330,1400/330,1800/330", "950/330,1600/330,1800/330", "950/100,1400/100,1800/100",
        "950/330,0/300,1400/330,0/300,1800/330", "950/700,1400/700,1800/700"}) {
    CAPTURE(form);
    CHECK(namesHeard(plan("US"), cadenceSignal(parseCadence(std::string(form) + ",0/2000")), {}, 3000) == "");
  }
}

TEST_CASE("fax and modem") {
  for (const double hzFactor : {0.995, 1.0, 1.005}) {
    CAPTURE(hzFactor);
    ToneOptions options;
    options.hzFactor = hzFactor;
    options.dbm0 = -30;
    Line line;
    line.noiseDbm0 = -45;
    const auto names = [&](const Signal& signal, double ms) {
      return namesHeard(plan("US"), signal, options, ms, line);
    };
    CHECK(names(media::cedSignal(), 3500) == "fax_ced");
    CHECK(names(media::ansamSignal(false), 2000) == "ansam");
    CHECK(names(media::ansamSignal(true), 2000) == "ansam");
    CHECK(names(media::cngSignal(), 2500) == "fax_cng");
    CHECK(names(media::v21PreambleSignal(), 1300) == "fax_v21");
    CHECK(names(media::bellAnswerSignal(), 2000) == "modem");
    CHECK(names(media::v22AnswerSignal(), 2000) == "modem");
    CHECK(names(media::ttySignal("HELLO"), 1700) == "tty");
    CHECK(names(media::faxAnswerSignal(), 4500) == "fax_ced fax_v21");
  }
}

TEST_CASE("fax answer is known within half a second") {
  const auto named = heard("US", media::cedSignal(), 2000);
  REQUIRE(named.size() == 1);
  CHECK(named[0].decidedMs - named[0].startMs <= 500);
}

TEST_CASE("one burst of calling fax may be a beep, two are fax") {
  const auto events = hear(plan("US"), render(media::cngSignal(), {}, 5000));
  float surety = 0;
  for (const ToneEvent& event : events) {
    if (event.kind == ToneEventKind::kRecognised) CHECK(event.confidence < 0.6);
    if (event.kind == ToneEventKind::kConfirmed) surety = event.confidence;
  }
  CHECK(surety > 0.9);
}

TEST_CASE("DTMF digits, each once") {
  CHECK(heard("US", media::dtmfSignal("159D"), 1000).size() == 4);
  for (const ToneEvent& event : heard("US", media::dtmfSignal("0123456789*#", 60, 60), 1900))
    CHECK(event.tone == cpd::ToneId::kDtmf);
}

TEST_CASE("beeps have no name") {
  for (const double hz : {440.0, 620.0, 850.0, 1000.0, 1400.0, 1750.0, 2000.0}) {
    for (const double ms : {120.0, 400.0, 1000.0, 1800.0}) {
      CAPTURE(hz);
      CAPTURE(ms);
      CHECK(namesHeard(plan("US"), beepSignal(hz, ms), {}, ms + 1200) == "");
    }
  }
}

TEST_CASE("noise and silence bring nothing") {
  for (const double level : {-60.0, -30.0, -10.0}) {
    Line line;
    line.noiseDbm0 = level;
    CHECK(hear(plan("US"), render(media::silenceSignal(20), {}, 20000, line)).empty());
  }
  CHECK(hear(plan("US"), std::vector<int16_t>(80000, 0)).empty());
}

TEST_CASE("lost frames are not gaps") {
  Line line;
  line.loseEvery = 9;
  const auto events = hear(plan("US"), render(beepSignal(1000, 1000), {}, 1800, line), line);
  int ends = 0;
  for (const ToneEvent& event : events) ends += event.kind == ToneEventKind::kSegmentEnd;
  CHECK(ends == 1);
}

TEST_CASE("a receiver can be used again") {
  const auto set = plan("US");
  cpd::ToneReceiver receiver;
  const auto samples = render(cadenceSignal(cpd::findTonePlan("US")->busy), {}, 2500);
  for (int round = 0; round < 2; ++round) {
    receiver.start(set);
    CHECK(receiver.nowMs() == 0);
    CHECK(receiver.active() == cpd::ToneId::kNone);
    for (size_t at = 0; at + cpd::kFrameSamples <= samples.size(); at += cpd::kFrameSamples)
      receiver.process(&samples[at]);
    CHECK(receiver.active() == cpd::ToneId::kBusy);
  }
}
