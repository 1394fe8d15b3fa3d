// The check that a number may reach a trunk, by the vectors that its twin in TypeScript is held to as well; and that
// no driver is asked to dial anything else.
#include "board/number.h"

#include <doctest/doctest.h>

#include <fstream>
#include <string>

#include "test/board/fake_board.h"

using board::Status;

TEST_CASE("number: accepted and refused as the shared vectors say") {
  std::ifstream vectors(VECTORS "/dial-numbers.txt");
  int accepted = 0, refused = 0;
  for (std::string line; std::getline(vectors, line);) {
    if (line.starts_with('#')) continue;
    const bool accept = line.starts_with("accept ");
    REQUIRE((accept || line.starts_with("refuse ")));
    const std::string number = line.substr(7);
    CAPTURE(number);
    CHECK(board::isDialable(number) == accept);
    ++(accept ? accepted : refused);
  }
  CHECK(accepted >= 8);
  CHECK(refused >= 30);
  CHECK_FALSE(board::isDialable(std::string("12\0", 3)));
  CHECK_FALSE(board::isDialable("12\n"));
}

TEST_CASE("number: no driver is asked to dial or to transfer to what is no number") {
  boardtest::FakeBoard board;
  board::DialParameters parameters;
  CHECK(board.dial(1, 1, "2125550123", parameters) == Status::kOk);
  CHECK(board.transfer(1, 1, "7001", board::TransferStyle::kBlind) == Status::kOk);
  parameters.callerId = "+12125550199";
  CHECK(board.dial(1, 1, "2125550123", parameters) == Status::kOk);
  CHECK(board.dialled == std::vector<std::string>{"2125550123", "7001", "2125550123"});
  CHECK(board.dial(1, 1, "2125550123,1", parameters) == Status::kBadArgument);
  CHECK(board.dial(1, 1, "", parameters) == Status::kBadArgument);
  CHECK(board.transfer(1, 1, "7001&", board::TransferStyle::kBridge) == Status::kBadArgument);
  parameters.callerId = "555!";
  CHECK(board.dial(1, 1, "2125550123", parameters) == Status::kBadArgument);
  CHECK(board.dialled.size() == 3);
}

TEST_CASE("number: all but the last two characters are hidden") {
  CHECK(board::masked("55512345") == "******45");
  CHECK(board::masked("12") == "12");
  CHECK(board::masked("").empty());
}
