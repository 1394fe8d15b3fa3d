#include "board/sip/signalling/message.h"

#include <array>
#include <charconv>

#include "board/sip/words/final_response.h"

namespace board::sip {

std::string text(const pl& from) { return from.p == nullptr ? std::string() : std::string(from.p, from.l); }

std::string headerText(const sip_msg* message, sip_hdrid id) {
  const sip_hdr* header = sip_msg_hdr(message, id);
  return header == nullptr ? std::string() : text(header->val);
}

std::string bodyOf(const sip_msg* message) {
  return {reinterpret_cast<const char*>(mbuf_buf(message->mb)), mbuf_get_left(message->mb)};
}

int numberIn(const sip_msg* message, sip_hdrid id) {
  const std::string value = headerText(message, id);
  int number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  return error == std::errc() && number >= 0 ? number : -1;
}

std::string randomHex() {
  std::array<char, 17> text{};
  (void)re_snprintf(text.data(), text.size(), "%016llx", rand_u64());
  return text.data();
}

int reasonCauseOf(const sip_msg* message) {
  int cause = -1;
  (void)sip_msg_hdr_apply(
      message, true, SIP_HDR_REASON,
      [](const sip_hdr* header, const sip_msg* /*message*/, void* into) {
        const int found = q850Cause(text(header->val));
        if (found > 0) *static_cast<int*>(into) = found;
        return found > 0;
      },
      &cause);
  return cause;
}

}  // namespace board::sip
