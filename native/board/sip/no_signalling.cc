// For programs without libre. Its own file of an archive: what has its own definitions never takes this one.
#include "board/made_board.h"
#include "board/sip/signalling.h"

namespace board::sip {

bool hasSignalling() { return false; }

std::unique_ptr<Signalling> makeSignalling() {
  throw OpenError(
      "NOT_SUPPORTED",
      "SIP trunks need boardhost-sip; it is built where libre's headers are (Debian: apt install libre-dev "
      "libssl-dev zlib1g-dev, then npm run build:addon)");
}

}  // namespace board::sip
