// Headers for whoever takes a call over.
#include "board/sip/words/hand_over_headers.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "board/sip/words/sip_text.h"

using namespace board::sip;

namespace {

const CallData kCall{.number = "+12125550100", .channel = 7, .attempt = "a-81"};

}  // namespace

TEST_CASE("hand-over: what a line names of the call is filled in") {
  CHECK(handOverHeaders({"X-Customer: {number} on {channel}", "X-Site: {else}", "X-Attempt: {attempt}"}, "",
                        kCall) ==
        std::vector<std::string>{"X-Customer: +12125550100 on 7", "X-Site: {else}", "X-Attempt: a-81"});
  CHECK(handOverHeaders({}, "", kCall).empty());
}

TEST_CASE("hand-over: user data is hexadecimal and no longer than ISDN has it") {
  CHECK(handOverHeaders({}, "n={number}", {.number = "12", .channel = 1}) ==
        std::vector<std::string>{"User-to-User: 6e3d3132;encoding=hex"});
  const auto lines = handOverHeaders({}, std::string(400, 'a'), kCall);
  REQUIRE(lines.size() == 1);
  CHECK(std::ranges::count(lines.front(), '6') == 128);
}

TEST_CASE("hand-over: no data of a call ends a line") {
  const auto lines = handOverHeaders({"X-A: {number}"}, "{number}", {.number = "1\r\nBYE", .channel = 1});
  CHECK(handOverHeaders({"X-A: {attempt}"}, "", {.number = "1", .channel = 1, .attempt = "a\r\nX-B: 2"}) ==
        std::vector<std::string>{"X-A: aX-B: 2"});
  REQUIRE(lines.size() == 2);
  CHECK(lines[0] == "User-to-User: 31425945;encoding=hex");
  CHECK(lines[1] == "X-A: 1BYE");
  CHECK(isHeaderLine(lines[1]));
}

TEST_CASE("hand-over: in a URI each character with a meaning is escaped") {
  CHECK(asUriHeaders({}, false).empty());
  CHECK(asUriHeaders({"User-to-User: 31;encoding=hex", "X-A: b c>"}, false) ==
        "?User-to-User=31%3bencoding%3dhex&X-A=b%20c%3e");
  CHECK(asUriHeaders({"X-A: 1"}, true) == "&X-A=1");
}
