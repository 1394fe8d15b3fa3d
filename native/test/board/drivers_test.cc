// The table of drivers: what each says of its configuration, and with which code a failure to open is told.
#include "board/drivers.h"

#include <doctest/doctest.h>

#include <memory>
#include <utility>

#include "test/board/fake_board.h"
#include "test/board/sim/harness.h"

using namespace board;

namespace {

// The code of what openBoard throws.
std::string codeOf(const MadeBoard& made) {
  simtest::Events events;
  try {
    openBoard(made, events);
  } catch (const OpenError& error) {
    return error.code();
  }
  return "";
}

}  // namespace

TEST_CASE("drivers: a board that does not open tells the code of its driver, with or without diagnostics") {
  const auto broken = [] {
    auto board = std::make_unique<boardtest::FakeBoard>();
    board->problem = "no device";
    return board;
  };
  CHECK(codeOf({.board = broken()}) == "BOARD_ERROR");
  CHECK(codeOf({.board = broken(), .openFailure = "BAD_AUDIO"}) == "BAD_AUDIO");
  CHECK(codeOf({.board = std::make_unique<boardtest::FakeBoard>()}).empty());

  auto silent = simtest::config(TrunkKind::kIsdn, {simtest::subscriber("5550001", sim::Kind::kLive)});
  silent.world.subscribers[0].speech = {"/nowhere.wav"};
  CHECK(codeOf(makeBoard(std::move(silent))) == "BAD_AUDIO");
  dialogic::Config nowhere;
  nowhere.libraries.folder = "/nowhere";
  CHECK(codeOf(makeBoard(std::move(nowhere))) == "BOARD_ERROR");
}

TEST_CASE("drivers: a configuration that makes no board has the code of its driver") {
  const auto refused = [](DriverConfig config) -> std::string {
    try {
      makeBoard(std::move(config));
    } catch (const OpenError& error) {
      return error.code();
    }
    return "";
  };
  CHECK(refused(sim::Config{}) == "BAD_WORLD");
  dialogic::Config span;
  span.spans.resize(1);
  span.spans[0].channels = -1;
  CHECK(refused(std::move(span)) == "BAD_CONFIG");
}

TEST_CASE("drivers: only the simulator is simulated, and its clock goes as configured") {
  sim::Config stepped;
  stepped.stepped = true;
  stepped.speed = 3;
  const DriverConfig simulated = stepped, real = dialogic::Config{};
  CHECK(isSimulated(simulated));
  CHECK_FALSE(isSimulated(real));
  CHECK(clockOf(simulated).stepped);
  CHECK(clockOf(simulated).speed == 3);
  CHECK_FALSE(clockOf(real).stepped);
  CHECK(clockOf(real).speed == 1);

  const MadeBoard made =
      makeBoard(simtest::config(TrunkKind::kIsdn, {simtest::subscriber("5550001", sim::Kind::kLive)}));
  CHECK(made.simulation != nullptr);
  CHECK(made.diagnostics == nullptr);
  const MadeBoard other = makeBoard(dialogic::Config{});
  CHECK(other.simulation == nullptr);
  CHECK(other.diagnostics != nullptr);
}
