#include "board/sip/driver.h"

#include <stdexcept>
#include <utility>

#include "board/sip/signalling.h"
#include "board/sip/sip_board.h"

namespace board::sip {

MadeBoard Driver::make(Config config) {
  if (!config.standIn.empty())
    throw OpenError("NOT_SUPPORTED", "standIn: this board host has no exchange in it");
  try {
    auto board = makeSipBoard(std::move(config), makeSignalling(), false);
    SipBoard* const made = board.get();
    return {.board = std::move(board), .diagnostics = made};
  } catch (const std::invalid_argument& error) {
    throw OpenError("BAD_CONFIG", error.what());
  }
}

std::string Driver::checkBoardHost(const Config& /*config*/) {
  return hasSignalling()
             ? R"({"ok":true,"checks":[{"check":"libre","ok":true,"text":"the SIP stack is linked in"}]})"
             : R"({"ok":false,"checks":[{"check":"libre","ok":false,"text":"this program has no SIP stack"}]})";
}

}  // namespace board::sip
