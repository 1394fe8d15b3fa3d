#include "board/sip/signalling/transport/announced_address.h"

#include "board/sip/signalling/transport/libre_address.h"

// As the linker names libre's own and what is called instead.
extern "C" {
int realLocalAddress(struct sip* stack, sa* local, sip_transp transport,
                     const sa* to) __asm__("__real_sip_transp_laddr");
int announcedLocalAddress(struct sip* stack, sa* local, sip_transp transport,
                          const sa* to) __asm__("__wrap_sip_transp_laddr");
}

namespace board::sip {
namespace {

thread_local MediaAddress announced;

}  // namespace

void announce(const MediaAddress& address) { announced = address; }

MediaAddress toldFor(const MediaAddress& address, const MediaAddress& own) {
  if (!address.ip.isSet() || address.ip.isV6() != own.ip.isV6()) return own;
  return {address.ip, address.port != 0 ? address.port : own.port};
}

}  // namespace board::sip

int announcedLocalAddress(struct sip* stack, sa* local, sip_transp transport, const sa* to) {
  const int error = realLocalAddress(stack, local, transport, to);
  if (error != 0) return error;
  const board::sip::MediaAddress told =
      board::sip::toldFor(board::sip::announced, {board::sip::ipOf(*local), sa_port(local)});
  *local = board::sip::libreAddress(told.ip, told.port);
  return 0;
}
