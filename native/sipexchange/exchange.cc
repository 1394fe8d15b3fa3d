#include "sipexchange/exchange.h"

#include <openssl/evp.h>

#include <array>
#include <utility>
#include <vector>

namespace sipexchange {
namespace {

constexpr const char* kRealm = "stand-in";
constexpr const char* kNonce = "f84f1cec41e6cbe5";

std::string md5(const std::string& of) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned int length = 0;
  EVP_Digest(of.data(), of.size(), bytes.data(), &length, EVP_md5(), nullptr);
  std::string text;
  for (unsigned int i = 0; i < length; ++i)
    for (const int half : {bytes[i] >> 4, bytes[i] & 15}) text += "0123456789abcdef"[half];
  return text;
}

// The value of a parameter in quotes.
std::string quoted(const std::string& header, const std::string& name) {
  const size_t at = header.find(name + "=\"");
  if (at == std::string::npos) return "";
  const size_t begin = at + name.size() + 2;
  return header.substr(begin, header.find('"', begin) - begin);
}

}  // namespace

Exchange::Exchange(board::sim::Config world, Habits habits, const std::string& ip, uint16_t port)
    : world_(std::move(world)), habits_(std::move(habits)), ip_(ip), sip_(ip, port) {
  world_.loadSounds();
}

bool Exchange::drain() {
  bool some = false;
  sockaddr_in from;
  while (const auto text = sip_.receive(from)) {
    some = true;
    if (!silent()) take(*text, from);
  }
  return some;
}

void Exchange::step() {
  world_.now += cpd::kFrameMs;
  drain();
  if (silent()) return;
  for (const auto& [id, call] : calls_) {
    call->step(world_.now);
    const std::string replaces = call->takeReplaces();
    const auto other = calls_.find(replaces);
    if (other != calls_.end()) other->second->replaced();
  }
  std::erase_if(calls_, [](const auto& each) { return each.second->isOver(); });
}

void Exchange::take(const std::string& text, const sockaddr_in& from) {
  const auto message = readMessage(text);
  if (!message) return;
  const auto found = calls_.find(message->header("Call-ID"));
  if (found != calls_.end()) return found->second->take(*message);
  if (!message->isRequest() || message->method == "ACK") return;
  if (message->method == "INVITE") return takeInvite(*message, from);
  const bool here = message->method == "OPTIONS";
  sip_.send(responseTo(*message, here ? 200 : 481, here ? "OK" : "No Such Call", "none"), from);
}

void Exchange::takeInvite(const Message& invite, const sockaddr_in& from) {
  if (!habits_.username.empty() && !isAuthenticated(invite, from)) return;
  ++invites_;
  auto call = std::make_unique<FarEnd>(invite, world_, habits_, ip_, sip_.port(),
                                       [this, from](const std::string& text) { sip_.send(text, from); });
  calls_[call->callId()] = std::move(call);
}

bool Exchange::isAuthenticated(const Message& invite, const sockaddr_in& from) {
  const std::string given = invite.header("Proxy-Authorization");
  const std::string who = md5(habits_.username + ":" + kRealm + ":" + habits_.password);
  const std::string what = md5("INVITE:" + quoted(given, "uri"));
  const std::string expected =
      md5(who + ":" + kNonce + ":00000001:" + quoted(given, "cnonce") + ":auth:" + what);
  if (quoted(given, "username") == habits_.username && quoted(given, "response") == expected) return true;
  sip_.send(responseTo(invite, 407, "Proxy Authentication Required", "none",
                       {std::string("Proxy-Authenticate: Digest realm=\"") + kRealm + "\", nonce=\"" +
                        kNonce + "\", algorithm=MD5, qop=\"auth,auth-int\""}),
            from);
  return false;
}

}  // namespace sipexchange
