// The small texts of SIP messages: nothing of a peer's or a record's gets into a header as it is.
#include "board/sip/words/sip_text.h"

#include <doctest/doctest.h>

#include <string>

using namespace board::sip;

TEST_CASE("sip text: the status of a sipfrag") {
  CHECK(sipfragStatus("SIP/2.0 200 OK\r\n") == 200);
  CHECK(sipfragStatus("SIP/2.0 100") == 100);
  CHECK(sipfragStatus("SIP/2.0 486 Busy Here\r\nReason: x\r\n") == 486);
  for (const char* wrong : {"", "SIP/2.0 ", "SIP/2.0 20", "SIP/2.0 2000", "SIP/2.0 abc", "SIP/2.0 099 x",
                            "SIP/2.0 700 x", "INVITE sip:x SIP/2.0", "SIP/2.0 -10"}) {
    CAPTURE(wrong);
    CHECK_FALSE(sipfragStatus(wrong).has_value());
  }
}

TEST_CASE("sip text: what may stand in a header as it is") {
  CHECK(isPlainHeaderText("+4930123456"));
  CHECK(isPlainHeaderText("office-3"));
  for (const char* wrong :
       {"", "a b", "a\r\nVia: x", "a\n", "\"a", "a,b", "<a>", "a;b", "a\\", "\x7f", "\xc3\xa9"}) {
    CAPTURE(wrong);
    CHECK_FALSE(isPlainHeaderText(wrong));
  }
}

TEST_CASE("sip text: hosts, users, user data") {
  CHECK(isHost("sip.example.net"));
  CHECK(isHost("192.0.2.1"));
  CHECK(isHost("2001:db8::1"));
  CHECK_FALSE(isHost(""));
  CHECK_FALSE(isHost("a b"));
  CHECK_FALSE(isHost("a;transport=tcp"));
  CHECK_FALSE(isHost(std::string(254, 'a')));
  CHECK(escapedUser("+4930*1") == "+4930*1");
  CHECK(escapedUser("a@b\r\n#") == "a%40b%0d%0a%23");
  CHECK(userToUser("A;\r\n") == "413b0d0a;encoding=hex");
  CHECK(hostPort("192.0.2.1", 5060) == "192.0.2.1:5060");
  CHECK(hostPort("2001:db8::1", 0) == "[2001:db8::1]");
}
