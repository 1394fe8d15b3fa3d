// Alarms of a span.
#include <doctest/doctest.h>

#include "board/dialogic/board/alarms.h"
#include "board/dialogic/vendor/constants.h"

namespace {

using namespace board::dialogic;

TEST_CASE("dialogic: alarms of a span are told once and counted always") {
  SpanAlarms alarms;
  CHECK(alarms.told(vendor::T1_RED, false) == board::AlarmKind::kRed);
  CHECK(!alarms.told(vendor::T1_LOS, false).has_value());  // red already
  CHECK(!alarms.told(vendor::T1_BPVS, false).has_value());
  CHECK(!alarms.inferred(board::AlarmKind::kRed).has_value());
  CHECK(alarms.told(vendor::T1_RED, true) == board::AlarmKind::kRed);
  CHECK(!alarms.told(vendor::T1_LOS, true).has_value());
  CHECK(alarms.inferred(board::AlarmKind::kBlue) == board::AlarmKind::kBlue);
  int over = 0;
  alarms.clear([&](board::AlarmKind) { ++over; });
  CHECK(over == 1);
  CHECK(!alarms.any());
}

}  // namespace
