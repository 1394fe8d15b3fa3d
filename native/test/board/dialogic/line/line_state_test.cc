// The small states of a line: service, announcement, connection, end.
#include <doctest/doctest.h>

#include "board/dialogic/line/connection.h"
#include "board/dialogic/line/ending.h"
#include "board/dialogic/line/playback.h"
#include "board/dialogic/line/service.h"

using board::dialogic::Channel;
using board::dialogic::Connection;
using board::dialogic::Ending;
using board::dialogic::Playback;
using board::dialogic::Service;

TEST_CASE("line: a line is in service when nothing stands in the way, and names the gravest obstacle") {
  Service service;
  CHECK_FALSE(service.in());
  CHECK(service.reason() == "opening");
  service.block("alarm_red");
  service.withdraw(true);
  CHECK(service.reason() == "alarm_red");
  service.fail("hook_failed");
  CHECK(service.reason() == "hook_failed");
  service.opened();
  service.recover();
  service.unblock();
  CHECK(service.reason() == "administrative");
  CHECK_FALSE(service.in());
  service.withdraw(false);
  CHECK(service.in());
}

TEST_CASE("line: an announcement goes from wanted to its end, and is stopped once") {
  Playback playback;
  CHECK_FALSE(playback.stop());
  REQUIRE(playback.want({1, 2}));
  CHECK_FALSE(playback.want({3}));
  CHECK(playback.waiting());
  CHECK_FALSE(playback.playing());
  playback.begun();
  CHECK_FALSE(playback.waiting());
  CHECK(playback.playing());
  CHECK_FALSE(playback.want({3}));
  CHECK(playback.end());
  CHECK_FALSE(playback.any());

  REQUIRE(playback.want({1}));
  CHECK(playback.stop());
  CHECK_FALSE(playback.stop());
  CHECK(playback.cancelled());
  CHECK(playback.waiting());
  CHECK_FALSE(playback.end());

  REQUIRE(playback.want({1}));
  playback.begun();
  CHECK(playback.stop());
  CHECK(playback.playing());
  CHECK_FALSE(playback.stop());
  CHECK_FALSE(playback.end());
}

TEST_CASE("line: a line is connected with one other at most") {
  auto* const other = reinterpret_cast<Channel*>(0x10);
  Connection connection;
  CHECK(connection.other() == nullptr);
  connection.join(other);
  CHECK(connection.peer() == other);
  CHECK(connection.second() == nullptr);
  CHECK_FALSE(connection.routed());
  connection.route();
  connection.tell();
  connection.route();
  CHECK(connection.told());
  connection.leave();
  CHECK(connection.peer() == nullptr);
  CHECK(connection.routed());
  connection.apart();
  CHECK_FALSE(connection.routed());

  connection.secondLegLeft();
  CHECK_FALSE(connection.takeSecondLegLeft());
  connection.bridge(other);
  CHECK_FALSE(connection.takeSecondLegLeft());
  connection.secondLegLeft();
  CHECK(connection.second() == other);
  CHECK(connection.takeSecondLegLeft());
  CHECK_FALSE(connection.takeSecondLegLeft());
  connection.serve(other);
  CHECK(connection.second() == nullptr);
  CHECK(connection.owner() == other);
}

TEST_CASE("line: a drop and a reset are wanted side by side, and end each by itself") {
  Ending ending;
  CHECK_FALSE(ending.drop());
  CHECK_FALSE(ending.reset());
  ending.wantReset();
  ending.wantDrop();
  CHECK(ending.drop());
  CHECK(ending.reset());
  ending.resetOver();
  CHECK(ending.drop());
  CHECK_FALSE(ending.reset());
  ending.wantReset();
  ending.callOver();
  CHECK_FALSE(ending.drop());
  CHECK(ending.reset());
  ending.resetOver();
  CHECK_FALSE(ending.reset());
  ending.wantDrop();
  ending.callOver();
  CHECK_FALSE(ending.drop());
}
