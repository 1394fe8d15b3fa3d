#include "sipexchange/exchange.h"

#include <openssl/evp.h>

#include <array>
#include <cstdlib>
#include <string_view>
#include <utility>
#include <vector>

namespace sipexchange {
namespace {

constexpr const char* kRealm = "stand-in";
constexpr const char* kNonce = "f84f1cec41e6cbe5";
constexpr double kUnavailableMs = 20'000;
constexpr double kIgnoredFromMs = 20'000, kIgnoredToMs = 40'000;
constexpr int kRegisteredS = 60, kLongSessionS = 3'600;

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

// With where it came from in its Via (RFC 3581), if its sender asks for that.
std::string withSource(std::string text, const Address& from) {
  constexpr std::string_view kAsked = ";rport";
  const size_t via = text.find("\r\nVia: ");
  if (via == std::string::npos) return text;
  const size_t end = text.find("\r\n", via + 2), at = text.find(kAsked, via);
  if (at < end && text.compare(at + kAsked.size(), 1, "=") != 0)
    text.replace(at, kAsked.size(), ";rport=" + std::to_string(from.port()) + ";received=" + from.ip());
  return text;
}

}  // namespace

Exchange::Exchange(board::sim::Config world, Habits habits, const std::string& ip, uint16_t port)
    : world_(std::move(world)),
      habits_(std::move(habits)),
      sip_(ip, port),
      place_{ip, sip_.port(), habits_.transport, habits_.namedContact} {
  world_.loadSounds();
  if (habits_.transport != "udp") stream_.emplace(ip, sip_.port(), habits_.certificate);
}

bool Exchange::drain() {
  bool some = false;
  Address from;
  while (const auto text = sip_.receive(from)) {
    some = true;
    if (silent()) continue;
    take(withSource(*text, from), [this, from](const std::string& answer) { sip_.send(answer, from); });
  }
  if (!stream_) return some;
  std::vector<StreamPort::Arrived> messages;
  some = stream_->drain(messages) || some;
  for (const auto& [connection, text] : messages)
    if (!silent())
      take(text,
           [this, connection = connection](const std::string& answer) { stream_->send(connection, answer); });
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

void Exchange::take(const std::string& text, const FarEnd::Send& send) {
  const auto message = readMessage(text);
  if (!message) return;
  const auto found = calls_.find(message->header("Call-ID"));
  if (found != calls_.end()) return found->second->take(*message);
  if (!message->isRequest() || message->method == "ACK") return;
  if (message->method == "INVITE") return takeInvite(*message, send);
  if (message->method == "REGISTER") return takeRegister(*message, send);
  const bool here = message->method == "OPTIONS";
  const bool ignored = world_.now >= kIgnoredFromMs && world_.now < kIgnoredToMs;
  if (here && habits_.ignoresOptions && ignored) return;
  send(responseTo(*message, here ? 200 : 481, here ? "OK" : "No Such Call", "none"));
}

void Exchange::takeInvite(const Message& invite, const FarEnd::Send& send) {
  if (!habits_.username.empty() && !isAuthenticated(invite, send)) return;
  ++invites_;
  if (refusesCall(invite, send)) return;
  auto call = std::make_unique<FarEnd>(invite, world_, habits_, place_, send);
  calls_[call->callId()] = std::move(call);
}

bool Exchange::refusesCall(const Message& invite, const FarEnd::Send& send) {
  if (habits_.longSessions && std::atoi(invite.header("Session-Expires").c_str()) < kLongSessionS) {
    send(responseTo(invite, 422, "Session Interval Too Small", "none",
                    {"Min-SE: " + std::to_string(kLongSessionS)}));
  } else if (habits_.registers && !isRegistered()) {
    send(responseTo(invite, 403, "Not Registered", "none"));
  } else if (habits_.unavailable && world_.now < kUnavailableMs) {
    send(responseTo(invite, 503, "Service Unavailable", "none", {"Retry-After: 20 (maintenance)"}));
  } else if (habits_.limits && invites_ % 2 == 1) {
    send(responseTo(invite, 403, "Concurrent call limit exceeded", "none"));
  } else {
    return false;
  }
  return true;
}

void Exchange::takeRegister(const Message& request, const FarEnd::Send& send) {
  if (habits_.refusesRegister) return send(responseTo(request, 403, "Forbidden", "none"));
  if (!isAuthenticated(request, send)) return;
  ++registrations_;
  if (request.header("Expires") == "0") {
    registeredUntil_ = -1;
    return send(responseTo(request, 200, "OK", "none"));
  }
  registeredUntil_ = world_.now + 1'000.0 * kRegisteredS;
  send(responseTo(request, 200, "OK", "none",
                  {"Contact: <sip:somebody@192.0.2.9>;expires=7",
                   "Contact: " + request.header("Contact") + ";expires=" + std::to_string(kRegisteredS)}));
}

// Of calls as a proxy asks for it, of registrations as a server does.
bool Exchange::isAuthenticated(const Message& request, const FarEnd::Send& send) {
  const bool registers = request.method == "REGISTER";
  const std::string given = request.header(registers ? "Authorization" : "Proxy-Authorization");
  const std::string who = md5(habits_.username + ":" + kRealm + ":" + habits_.password);
  const std::string what = md5(request.method + ":" + quoted(given, "uri"));
  const std::string expected =
      md5(who + ":" + kNonce + ":00000001:" + quoted(given, "cnonce") + ":auth:" + what);
  if (quoted(given, "username") == habits_.username && quoted(given, "response") == expected) return true;
  send(responseTo(request, registers ? 401 : 407, "Authentication Required", "none",
                  {std::string(registers ? "WWW" : "Proxy") + "-Authenticate: Digest realm=\"" + kRealm +
                   "\", nonce=\"" + kNonce + "\", algorithm=MD5, qop=\"auth,auth-int\""}));
  return false;
}

}  // namespace sipexchange
