// Each row of the table from SIP's final responses to causes.
#include "board/sip/words/final_response.h"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

using board::sip::causeOf;
using board::sip::Ending;

namespace {

Ending response(int status) { return {.by = Ending::By::kResponse, .status = status}; }

}  // namespace

TEST_CASE("final response: each status has its cause") {
  const std::vector<std::pair<int, int>> rows = {
      {300, 23}, {301, 23}, {302, 23}, {305, 23},  {380, 23},  {400, 41}, {401, 29}, {402, 31},  {403, 29},
      {404, 1},  {405, 63}, {406, 65}, {407, 29},  {408, 102}, {410, 22}, {415, 65}, {420, 127}, {480, 18},
      {481, 41}, {482, 25}, {483, 25}, {484, 28},  {485, 1},   {486, 17}, {487, 19}, {488, 65},  {500, 41},
      {501, 79}, {502, 38}, {503, 34}, {504, 102}, {505, 127}, {600, 17}, {603, 21}, {604, 1},   {606, 65},
      {607, 21}, {608, 21}, {499, 31}, {599, 31},  {699, 31}};
  for (const auto& [status, cause] : rows) {
    CAPTURE(status);
    CHECK(causeOf(response(status)) == cause);
  }
}

TEST_CASE("final response: an answer in a dialog says whether its call is over") {
  const std::set<int> over = {404, 408, 410, 416, 430, 477, 478, 480, 481, 482, 483, 484, 485, 502, 604};
  for (int status = 200; status < 700; ++status) {
    CAPTURE(status);
    CHECK(board::sip::saysCallIsOver(status) == over.contains(status));
  }
}

TEST_CASE("final response: what was heard before, and what the text says, can change it") {
  Ending rang = response(408);
  rang.alerted = true;
  CHECK(causeOf(rang) == 18);
  Ending limit = response(403);
  limit.limitText = true;
  CHECK(causeOf(limit) == 34);
  Ending account = response(603);
  account.providerFault = true;
  CHECK(causeOf(account) == 29);
}

TEST_CASE("final response: a Reason header is heard first, but not of an end of ours") {
  Ending busy = response(480);
  busy.reasonCause = 17;
  CHECK(causeOf(busy) == 17);
  CHECK(causeOf({.by = Ending::By::kBye}) == 16);
  CHECK(causeOf({.by = Ending::By::kBye, .reasonCause = 38}) == 38);
  CHECK(causeOf({.by = Ending::By::kSilence}) == 102);
  CHECK(causeOf({.by = Ending::By::kUnreachable}) == 38);
  CHECK(causeOf({.by = Ending::By::kUnusable}) == 65);
  CHECK(causeOf({.by = Ending::By::kUs, .status = 487, .reasonCause = 17}) == -1);
}

TEST_CASE("final response: the Q.850 cause of a Reason header") {
  const std::vector<std::pair<std::string, int>> rows = {
      {"Q.850;cause=17", 17},
      {"Q.850 ; cause=16 ; text=\"Terminated\"", 16},
      {"q.850;text=\"a;cause=1, b\";Cause=27", 27},
      {"SIP;cause=200;text=\"Call completed elsewhere\"", -1},
      {"SIP;cause=486, Q.850;cause=17", 17},
      {"Q.850;cause=128", -1},
      {"Q.850;cause=0", -1},
      {"Q.850;cause=17x", -1},
      {"Q.850;cause=", -1},
      {"Q.850;cause=999999999999999", -1},
      {"Q.850", -1},
      {"\"Q.850;cause=17", -1},
      {"Q.850;text=\"\\", -1},
      {",,;=", -1},
      {"", -1}};
  for (const auto& [text, cause] : rows) {
    CAPTURE(text);
    CHECK(board::sip::q850Cause(text) == cause);
  }
}

TEST_CASE("final response: a provider's limit is told by its text") {
  CHECK(board::sip::speaksOfLimit("Channel Limit Exceeded D3"));
  CHECK(board::sip::speaksOfLimit("Too Many Calls"));
  CHECK_FALSE(board::sip::speaksOfLimit("Forbidden"));
}
