#include "board/sip/signalling/transport/stun_silence.h"

#include <cerrno>

#include "board/sip/signalling/libre.h"

// As the linker names what is called instead of libre's own.
extern "C" {
int silentStunReply(int protocol, void* socket, const sa* to, size_t before, const stun_msg* request,
                    const uint8_t* key, size_t keyLength, bool fingerprint, uint32_t attributes,
                    ...) __asm__("__wrap_stun_reply");
}

namespace board::sip {
namespace {

thread_local std::atomic<uint64_t>* unanswered = nullptr;

}  // namespace

void countStunRequests(std::atomic<uint64_t>& counter) { unanswered = &counter; }

}  // namespace board::sip

int silentStunReply(int /*protocol*/, void* /*socket*/, const sa* /*to*/, size_t /*before*/,
                    const stun_msg* /*request*/, const uint8_t* /*key*/, size_t /*keyLength*/,
                    bool /*fingerprint*/, uint32_t /*attributes*/, ...) {
  if (board::sip::unanswered != nullptr) ++*board::sip::unanswered;
  return EPERM;
}
