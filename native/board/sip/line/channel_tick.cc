// What happens to a channel as time passes: what is due, its sound in and out, and the operations under way.
#include <algorithm>
#include <utility>

#include "board/digit_match.h"
#include "board/sip/line/channel.h"

namespace board::sip {
namespace {

constexpr int kCauseOutOfOrder = 38;  // Q.850: network out of order
constexpr int kCauseDestinationOutOfOrder = 27;
constexpr int kCauseRecovery = 102;       // Q.850: recovery on timer expiry
constexpr double kLongestTurnMs = 8'000;  // less than a dialler waits for a seizure
constexpr double kRefreshAgainMs = 5'000;

}  // namespace

void Channel::beginTick() {
  if (!channelDue()) return;
  tickCall();
  if (main_.stream.isOpen()) main_.stream.receive(host_.now, keys_);
  std::string ignored;  // keys of an agent's telephone are nobody's here
  if (agent_.stream.isOpen()) agent_.stream.receive(host_.now, ignored);
}

// False: nothing of a call is left for this tick.
bool Channel::channelDue() {
  if (host_.now >= resetAt_) {
    resetAt_ = kNotDue;
    endOperations();
    if (trunkDown_) {
      fail("reset", FailureReason::kHardware);
    } else {
      post(EventType::kReset);
    }
    clearCall();
    return false;
  }
  if (host_.now >= releaseAt_) {
    post(EventType::kReleased);
    clearCall();
    return false;
  }
  return state_ != LineState::kIdle && state_ != LineState::kDropping;
}

void Channel::tickCall() {
  if (seizing_) tickSeizing();
  if (waitsForPace_ && host_.trunks[trunk_].allowsCall(host_.now)) startDialling();
  if (main_.id == 0) return;
  const bool calling = state_ == LineState::kDialling || state_ == LineState::kRinging;
  if (calling) tickFirstResponse(main_);
  if (host_.now >= noAnswerAt_) {
    noAnswerAt_ = kNotDue;
    if (state_ != LineState::kAnswered && !verdictGiven_) post(EventType::kNoAnswer);
  }
  for (Leg* leg : {&main_, &agent_})
    if (isOver(*leg)) return disconnected(silenceOf(*leg).cause);
  if (!tickSession(main_)) return disconnected(kCauseRecovery);
  if (bridged_ && !tickSession(agent_)) return disconnected(kCauseRecovery);
  if (transfer_) tickTransfer();
}

// Nobody is kept on the line with an agent who is not there any more.
Channel::SilenceRule Channel::silenceOf(const Leg& leg) const {
  const Config& config = host_.config;
  if (&leg == &agent_)
    return {.counts = bridged_ && leg.stream.wasHeardSince(bridgedAt_) && config.agentRtpTimeoutMs > 0,
            .timeoutMs = config.agentRtpTimeoutMs,
            .longestMs = config.agentLongestSilenceMs,
            .cause = kCauseDestinationOutOfOrder};
  return {.counts = state_ == LineState::kAnswered && config.rtpTimeoutMs > 0,
          .timeoutMs = config.rtpTimeoutMs,
          .longestMs = config.longestSilenceMs,
          .cause = kCauseOutOfOrder};
}

bool Channel::isSilent(const Leg& leg) const {
  const SilenceRule rule = silenceOf(leg);
  return rule.counts && leg.stream.isSilent(host_.now, rule.timeoutMs);
}

// A leg that is silent may be muted: its far end is asked once, and asked() hears what it says. An exchange between may
// answer for one that is gone: that is believed for a limited time.
bool Channel::isOver(Leg& leg) {
  const SilenceRule rule = silenceOf(leg);
  if (rule.counts && rule.longestMs > 0 && leg.stream.isUnheard(host_.now, rule.longestMs)) return true;
  if (!isSilent(leg)) return false;
  if (host_.config.silentCalls != "ask") return true;
  if (!std::exchange(leg.asked, true)) host_.signalling.ask(leg.id);
  return false;
}

void Channel::asked(LegId leg, bool lives) {
  Leg& of = leg == agent_.id ? agent_ : main_;
  of.asked = false;
  if (lives) return of.stream.waitAnew(host_.now);
  // What is heard again meanwhile is up, whoever says otherwise.
  if (isSilent(of)) disconnected(silenceOf(of).cause);
}

// The trunk's pace is waited for here, while nothing is said of a number yet.
void Channel::tickSeizing() {
  TrunkLine& line = host_.trunks[trunk_];
  if (line.allowsTurn(host_.now)) {
    line.turnTaken(host_.now);
    seizing_ = false;
    return post(EventType::kSeized);
  }
  if (host_.now - seizedAt_ < kLongestTurnMs) return;
  // The line went to others: whoever asked gets the request back.
  seizing_ = false;
  state_ = LineState::kDropping;
  fail("seize", FailureReason::kGlare);
}

// The leg's end comes as an event, with whether its call may have arrived.
void Channel::tickFirstResponse(Leg& leg) {
  if (leg.responded || leg.givenUp || host_.now - leg.calledAt < host_.config.firstResponseMs) return;
  leg.givenUp = true;
  host_.signalling.giveUp(leg.id);
}

// Refreshes a leg's session when it is due. False: it ran out, and the far end holds the call for ended.
bool Channel::tickSession(Leg& leg) {
  if (host_.now >= leg.refreshAt) {
    leg.refreshAt = host_.now + kRefreshAgainMs;
    host_.signalling.refresh(leg.id);
  }
  return host_.now < leg.endsAt;
}

bool Channel::nextFrame(cpd::BankChannel& bank, bool& more) {
  more = false;
  if (agent_.stream.isOpen()) {
    std::array<int16_t, cpd::kFrameSamples> sound;
    if (const auto kind = agent_.stream.next(host_.now, sound.data())) {
      more = true;
      if (bridged_) main_.toSend.push(sound.data(), *kind);
    }
  }
  if (!main_.stream.isOpen()) return false;
  const auto kind = main_.stream.next(host_.now, received_.data());
  if (!kind) return false;
  more = true;
  if (bridged_) agent_.toSend.push(received_.data(), *kind);
  const bool alone = !bridged_ && peer_ == nullptr;
  if (peer_ != nullptr) peer_->main_.toSend.push(received_.data(), *kind);
  // A later description may have agreed on telephone events.
  if (alone && audioKeys_.isListening() && !main_.stream.hearsEvents())
    audioKeys_.hear(received_.data(), *kind, keys_);
  if (!listening_) return false;
  recorder_.frame(received_.data(), *kind);
  bank = {&detector_, received_.data(), *kind, {}};
  return true;
}

void Channel::endTick() {
  if (state_ == LineState::kIdle || state_ == LineState::kDropping) return;
  if (main_.stream.isOpen()) main_.stream.send(soundToSend(), host_.now);
  if (agent_.stream.isOpen()) agent_.stream.send(bridged_ ? agent_.toSend.take() : nullptr, host_.now);
  tickPlay();
  tickDigits();
}

const int16_t* Channel::soundToSend() {
  if (!playing_ || playing_->stopped) return bridged_ || peer_ != nullptr ? main_.toSend.take() : nullptr;
  const std::vector<int16_t>& samples = *playing_->announcement;
  const size_t count = std::min(samples.size() - playing_->at, played_.size());
  std::copy_n(samples.begin() + static_cast<std::ptrdiff_t>(playing_->at), count, played_.begin());
  std::fill(played_.begin() + static_cast<std::ptrdiff_t>(count), played_.end(), int16_t{0});
  playing_->at += count;
  return played_.data();
}

void Channel::tickPlay() {
  if (!playing_) return;
  const bool completed = playing_->at >= playing_->announcement->size();
  if (!completed && !playing_->stopped) return;
  playing_.reset();
  post({.type = EventType::kPlayed, .completed = completed});
}

void Channel::tickDigits() {
  if (!collecting_) return;
  const auto collected = collectedDigits(keys_, collecting_->limits, host_.now >= collecting_->endsAt);
  if (!collected) return;
  keys_.erase(0, collected->used);
  collecting_.reset();
  post({.type = EventType::kDigits, .text = collected->digits, .digitsReason = collected->reason});
}

}  // namespace board::sip
