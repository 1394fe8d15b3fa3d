// Keys of a telephone that are heard while a call is set up: our own dialling, or the far end's.
#include <doctest/doctest.h>

#include <string>

#include "test/cpd/detector_fixture.h"

using cpd::Detector;
using cpd::ObservationKind;
using cpd::StartAt;
using cpd::Verdict;
using detector_fixture::Call;
using detector_fixture::count;
using detector_fixture::hear;
using detector_fixture::settings;

namespace {

struct Keys {
  const char* digits;
  double onMs, offMs, dbm0;
};

constexpr Keys kKeys[] = {{"9", 200, 100, -12},
                          {"5552017", 80, 40, -9},
                          {"0123456789*#", 50, 50, -15},
                          {"147*2580369#", 120, 100, -6},
                          {"8005550199", 100, 600, -20}};

Call keyed(const Keys& keys, double beforeMs) {
  Call call;
  call.silence(beforeMs);
  const double ms = static_cast<double>(std::string(keys.digits).size()) * (keys.onMs + keys.offMs);
  call.tone(media::dtmfSignal(keys.digits, keys.onMs, keys.offMs), ms, keys.dbm0);
  return call;
}

struct Heard {
  Verdict verdict;
  int answers;
  int32_t answerMs;
};

Heard heard(Call& call) {
  auto s = settings("US");
  s->inferAnswer = true;
  Detector detector;
  detector.start(s, StartAt::kDial);
  const int answers = count(hear(detector, call.audio()), ObservationKind::kAnswered);
  detector.finish();
  return {detector.evidence().verdict, answers, detector.evidence().answerMs};
}

media::Signal busy() { return media::cadenceSignal(cpd::findTonePlan("US")->busy); }
media::Signal ringback() { return media::cadenceSignal(cpd::findTonePlan("US")->ringback); }

}  // namespace

TEST_CASE("keys before busy or ringback are passed over") {
  for (const Keys& keys : kKeys) {
    for (const double beforeMs : {0.0, 300.0, 1313.0}) {
      INFO(std::string(keys.digits), " after ", beforeMs, " ms");
      Call toBusy = keyed(keys, beforeMs);
      toBusy.silence(700).tone(busy(), 5000);
      const Heard b = heard(toBusy);
      CHECK(b.verdict == Verdict::kBusy);
      CHECK(b.answers == 0);
      Call toRingback = keyed(keys, beforeMs);
      toRingback.silence(700).tone(ringback(), 9000);
      const Heard r = heard(toRingback);
      CHECK(r.verdict == Verdict::kRingback);
      CHECK(r.answers == 0);
      Call toNothing = keyed(keys, beforeMs);
      toNothing.silence(4000);
      CHECK(heard(toNothing).verdict == Verdict::kSilence);
    }
  }
}

TEST_CASE("who answers after keys is live, however loud the keys were") {
  for (const Keys& keys : kKeys) {
    INFO(std::string(keys.digits));
    Call call = keyed(keys, 300);
    call.silence(700);
    const int32_t spokenMs = call.ms();
    call.voice("live-01-en").silence(2500);
    const Heard h = heard(call);
    CHECK(h.verdict == Verdict::kLive);
    CHECK(h.answerMs >= spokenMs - 40);
  }
}

TEST_CASE("a key pressed by who has answered takes nothing back") {
  Call call;
  call.silence(500)
      .voice("live-01-en")
      .silence(60)
      .tone(media::dtmfSignal("5", 120, 0), 120, -12)
      .silence(2500);
  const Heard h = heard(call);
  CHECK(h.verdict == Verdict::kLive);
  CHECK(h.answerMs < 900);
}
