// Keys by INFO, as exchanges write them.
#include "board/sip/words/info_key.h"

#include <doctest/doctest.h>

using namespace board::sip;

TEST_CASE("info: the key of a relay's lines") {
  CHECK(keyOfInfo("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n") == '5');
  CHECK(keyOfInfo("Application/DTMF-Relay; charset=x", "Duration= 160\nsignal = #\n") == '#');
  CHECK(keyOfInfo("application/dtmf-relay", "Signal=10") == '*');
  CHECK(keyOfInfo("application/dtmf-relay", "Signal=d") == 'D');
}

TEST_CASE("info: the key alone") {
  CHECK(keyOfInfo("application/dtmf", " 7\r\n") == '7');
  CHECK(keyOfInfo("application/dtmf", "11") == '#');
}

TEST_CASE("info: what is no key is none") {
  for (const char* body : {"", "Signal=", "Signal=12", "Signal=!", "Signals=5", "=5", "\n\n\n"})
    CHECK_FALSE(keyOfInfo("application/dtmf-relay", body));
  CHECK_FALSE(keyOfInfo("text/plain", "5"));
  CHECK_FALSE(keyOfInfo("", "5"));
  CHECK_FALSE(keyOfInfo("application/dtmf", ""));
}
