#include "board/sip/line/trunk_line.h"

#include <algorithm>

namespace board::sip {
namespace {

constexpr double kFirstSilenceMs = 5'000, kLongestSilenceMs = 300'000;
constexpr int kLongestRetryAfterS = 600;
constexpr int kForbidden = 403, kRequestTimeout = 408, kServerError = 500, kUnavailable = 503,
              kServerTimeout = 504;

bool isLimit(const Ending& ending) {
  return ending.by == Ending::By::kResponse &&
         (ending.status == kUnavailable || (ending.status == kForbidden && ending.limitText));
}

// What another address may do better. A cause of the telephone network's says that the call went through this one.
bool isOfTheAddress(const Ending& ending) {
  if (ending.by != Ending::By::kResponse || ending.reasonCause > 0) return false;
  return ending.status == kRequestTimeout || ending.status == kServerError || ending.status == kUnavailable ||
         ending.status == kServerTimeout;
}

}  // namespace

TrunkLine::TrunkLine(const Trunk& trunk, size_t addresses, int32_t healthEveryMs)
    : addresses_(addresses, Address{PeerHealth(healthEveryMs)}), pace_(trunk.callsPerSecond) {
  if (trunk.registers) registration_.emplace();
}

TrunkLine::Orders TrunkLine::tick(double now) {
  Orders orders;
  for (size_t i = 0; i < addresses_.size(); ++i)
    if (addresses_[i].health.tick(now)) orders.probes.push_back(i);
  if (registration_ && registration_->tick(now)) orders.registration = registerAt_;
  return orders;
}

void TrunkLine::registered(double now, int expiresS) {
  if (registration_) registration_->granted(now, expiresS);
}

void TrunkLine::registrationFailed(double now, int status, int retryAfterS) {
  if (!registration_) return;
  registration_->failed(now, status, retryAfterS);
  if (status == 0 || status >= kServerError) registerAt_ = (registerAt_ + 1) % addresses_.size();
}

std::optional<size_t> TrunkLine::choose(double now, uint32_t tried) const {
  for (size_t i = 0; i < addresses_.size(); ++i)
    if ((tried >> i & 1) == 0 && canBeUsed(addresses_[i], now)) return i;
  if (tried == 0) return 0;
  return std::nullopt;
}

void TrunkLine::callTaken(size_t address) {
  addresses_[address].silences = 0;
  pace_.taken();
}

bool TrunkLine::callFailed(double now, size_t address, const Ending& ending) {
  Address& at = addresses_[address];
  if (ending.by == Ending::By::kSilence || ending.by == Ending::By::kUnreachable) {
    // With one address there is nothing to spare it for: OPTIONS tell whether the peer is there.
    const double wait = std::min(kFirstSilenceMs * (1 << std::min(at.silences++, 10)), kLongestSilenceMs);
    if (addresses_.size() > 1) at.offUntil = now + wait;
    return true;
  }
  if (isLimit(ending)) {
    // A 503 with Retry-After is the address's own; without one it may be of a single number's way (RFC 3261 section
    // 21.5.4 has it treated as 500): fewer calls, no pause.
    if (ending.status == kUnavailable && ending.retryAfterS > 0)
      at.offUntil = now + 1'000.0 * std::min(ending.retryAfterS, kLongestRetryAfterS);
    else
      pace_.refused(now);
  } else {
    callTaken(address);
  }
  return isOfTheAddress(ending);
}

bool TrunkLine::isDown() const {
  return std::ranges::all_of(addresses_, [](const Address& each) { return each.health.isDown(); });
}

const char* TrunkLine::whyNoCalls(double now) const {
  if (registration_ && !registration_->isRegistered(now)) return "not_registered";
  const bool none =
      std::ranges::none_of(addresses_, [&](const Address& each) { return canBeUsed(each, now); });
  return none && !isDown() ? "retry_after" : nullptr;
}

}  // namespace board::sip
