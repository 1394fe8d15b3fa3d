// Lines as they are configured: names of devices, what is refused, tones of a plan, moves.
#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

#include "board/dialogic/line/analog/tones.h"
#include "board/dialogic/line/inventory.h"
#include "board/dialogic/line/phase.h"

namespace {

using namespace board::dialogic;

TEST_CASE("dialogic: a line moves as its family allows") {
  using enum Phase;
  CHECK(mayMove(Family::kAnalog, kIdle, kSeizing));
  CHECK(!mayMove(Family::kGlobalCall, kIdle, kSeizing));
  CHECK(mayMove(Family::kGlobalCall, kDropping, kReleasing));
  CHECK(!mayMove(Family::kGlobalCall, kDropping, kIdle));  // every call is dropped and released
  CHECK(!mayMove(Family::kAnalog, kUp, kIdle));            // nothing is idle before it went on hook
  CHECK(mayMove(Family::kAnalog, kUp, kResetting));
  CHECK(!mayMove(Family::kAnalog, kClosed, kResetting));
}

TEST_CASE("dialogic: names of devices") {
  CHECK(voiceName("dxxxB1C1", 0) == "dxxxB1C1");
  CHECK(voiceName("dxxxB1C1", 5) == "dxxxB2C2");
  CHECK(voiceName("dxxxB2C3", 2) == "dxxxB3C1");
  SpanConfig span;
  span.kind = board::TrunkKind::kIsdn;
  span.network = "dtiB2";
  span.voice = "dxxxB7C1";
  CHECK(lineName(span, 4) == ":N_dtiB2T5:P_ISDN:V_dxxxB8C1");
  span.kind = board::TrunkKind::kSip;
  span.network = "iptB1";
  span.media = "ipmB1C1";
  span.method = CpaMethod::kDial;
  CHECK(lineName(span, 1) == ":N_iptB1T2:P_SIP:M_ipmB1C2");
}

TEST_CASE("dialogic: a wrong configuration is told by its field") {
  const auto refused = [](auto change, const char* field) {
    Config config;
    config.spans = {SpanConfig{}, SpanConfig{}};
    change(config);
    try {
      checkConfig(config);
      FAIL_CHECK(field);
    } catch (const std::invalid_argument& error) {
      CHECK_MESSAGE(std::string(error.what()).starts_with(field), error.what());
    }
  };
  refused([](Config& c) { c.spans[1].voice = "dxxx1"; }, "spans[1].voice: found \"dxxx1\"");
  refused([](Config& c) { c.spans[0].channels = 0; }, "spans[0].channels");
  refused([](Config& c) { c.spans[0].bridgeLines = 4; }, "spans[0].bridgeLines");
  refused([](Config& c) { c.spans[0].cpa = board::Cpa::kBoth; }, "spans[0].cpa");
  refused([](Config& c) { c.spans[0].consult = TransferMethod::kTwoChannel; }, "spans[0].blind or consult");
  refused([](Config& c) { c.spans[0].kind = board::TrunkKind::kSip; }, "spans[0].network");
  refused([](Config& c) { c.spans[0].blind = TransferMethod::kRefer; }, "spans[0].blind");
  refused([](Config& c) { c.plan = "XX"; }, "plan");
  refused([](Config& c) { c.analog.prefix = "9&"; }, "analog.prefix");
  refused([](Config& c) { c.watchdogs.hookMs = 0; }, "watchdogs");
  refused([](Config& c) { c.cap["nonsense"] = 1; }, "cap.nonsense");
}

TEST_CASE(
    "dialogic: without dx_setuio no line offers our detector, and one that is to have it is refused by "
    "name") {
  Api api;
  SpanConfig span;
  CHECK(analysesOf(api, span) == std::vector{board::Cpa::kBoard});
  span.cpa = board::Cpa::kOurs;
  CHECK_THROWS_WITH(checkAnalyses(api, {SpanConfig{}, span}),
                    doctest::Contains("spans[1].cpa: found ours, expected board"));
  api.dx_setuio = [](vendor::DxUio) { return 0; };
  CHECK(analysesOf(api, span) == std::vector{board::Cpa::kBoard, board::Cpa::kOurs});
  CHECK_NOTHROW(checkAnalyses(api, {SpanConfig{}, span}));
}

TEST_CASE("dialogic: tone definitions from a plan") {
  const auto busy = templateOf(cpd::findTonePlan("US")->busy);
  REQUIRE(busy.has_value());
  CHECK(busy->hz1 == 480);
  CHECK(busy->hz2 == 620);
  CHECK(busy->on == 50);
  CHECK(busy->off == 50);
  const auto dial = templateOf(cpd::findTonePlan("US")->dial);
  REQUIRE(dial.has_value());
  CHECK(dial->on == 0);
  CHECK(!templateOf(cpd::Cadence{}).has_value());
}

}  // namespace
