// What a channel is asked to do; channel_events.cc has what signalling says, channel_tick.cc what time brings,
// channel_transfer.cc how a call is handed over.
#include "board/sip/line/channel.h"

#include <algorithm>
#include <utility>

#include "board/detector_settings.h"
#include "board/names.h"

namespace board::sip {
namespace {

constexpr const char* kTrunkDown = "alarm_red";
constexpr int kCauseOutOfOrder = 38;     // Q.850: network out of order
constexpr uint64_t kJudgedFrames = 100;  // 2 s
constexpr double kPoorMos = 3.6;         // G.107 annex B: many users dissatisfied

}  // namespace

Channel::Channel(ChannelId id, uint32_t span, size_t trunk, LineHost& host)
    : id_(id), span_(span), trunk_(trunk), host_(host) {}

ChannelState Channel::state() const {
  return {id_,      span_, TrunkKind::kSip, inService() ? state_ : LineState::kOutOfService,
          reason(), ref_,  lastEvent_,      lastEventAt_};
}

const char* Channel::reason() const {
  if (inService()) return "";
  if (trunkDown_) return kTrunkDown;
  return administrative_ ? "administrative" : takesNone_;
}

void Channel::post(Event&& event) {
  event.channel = id_;
  event.ref = ref_;
  lastEvent_ = name(event.type);
  lastEventAt_ = host_.now;
  host_.post(std::move(event));
}

void Channel::fail(const char* command, FailureReason reason) {
  post({.type = EventType::kFailed, .text = command, .failure = reason});
}

Status Channel::checkCall(CallRef ref) const {
  if (!inService()) return Status::kChannelOutOfService;
  return ref != 0 && ref == ref_ ? Status::kOk : Status::kIllegalState;
}

Status Channel::checkAnswered(CallRef ref) const {
  const Status status = checkCall(ref);
  if (status != Status::kOk) return status;
  return state_ == LineState::kAnswered ? Status::kOk : Status::kIllegalState;
}

Status Channel::seize(CallRef ref) {
  if (ref == 0) return Status::kBadArgument;
  if (!inService()) return Status::kChannelOutOfService;
  if (state_ != LineState::kIdle || resetAt_ != kNotDue) return Status::kChannelBusy;
  ref_ = ref;
  state_ = LineState::kSeized;
  seizing_ = true;
  seizedAt_ = host_.now;
  return Status::kOk;
}

Status Channel::dial(CallRef ref, const std::string& number, const DialParameters& parameters) {
  const Status status = checkCall(ref);
  if (status != Status::kOk) return status;
  if (!canBeHeardWith(parameters, host_.config.plans)) return Status::kBadArgument;
  if (state_ != LineState::kSeized || seizing_) return Status::kIllegalState;
  state_ = LineState::kDialling;
  number_ = number;
  parameters_ = parameters;
  waitsForPace_ = true;
  return Status::kOk;
}

// An INVITE to a number at a trunk's peer. False: no port is free for its sound, or no address is left.
bool Channel::call(Leg& leg, size_t trunk, const std::string& number, uint32_t tried) {
  const std::optional<size_t> address = host_.trunks[trunk].choose(host_.now, tried);
  if (!address) return false;
  RtpPorts& ports = host_.portsOf(host_.signalling.isV6(trunk, *address));
  RtpSocket socket = ports.open();
  if (!socket.isOpen()) return false;
  const uint16_t port = socket.port();
  leg = Leg();
  RtpSocket control = ports.openControl(socket);
  leg.stream.start(std::move(socket), std::move(control), host_.randomSource(), host_.now);
  leg.id = host_.newLeg(*this);
  leg.calledAt = host_.now;
  leg.trunk = trunk;
  leg.address = *address;
  leg.tried = tried | 1U << *address;
  host_.trunks[trunk].callStarted(host_.now);
  host_.signalling.invite(leg.id, {.trunk = trunk,
                                   .address = *address,
                                   .number = number,
                                   .callerId = parameters_.callerId,
                                   .rtpPort = port,
                                   .channel = id_,
                                   .attemptId = parameters_.attemptId,
                                   .handsOver = &leg == &agent_ ? number_ : std::string()});
  return true;
}

// A leg that ended before it was answered: whether it goes to another address of its trunk instead.
bool Channel::callElsewhere(Leg& leg, const std::string& number, const Ending& ending) {
  const bool elsewhere = host_.trunks[leg.trunk].callFailed(host_.now, leg.address, ending);
  // A person's telephone never rings twice for one attempt. An agent's may, for the person who waits.
  if (&leg == &main_ && ending.mayHaveRung()) return false;
  if (!elsewhere || leg.heardOf || !host_.trunks[leg.trunk].choose(host_.now, leg.tried)) return false;
  const uint32_t tried = leg.tried;
  const size_t trunk = leg.trunk;
  hangUp(leg);
  return call(leg, trunk, number, tried);
}

void Channel::hangUp(Leg& leg) {
  if (leg.id != 0) {
    host_.forget(leg.id);
    host_.signalling.end(leg.id);
  }
  count(leg);
  leg = Leg();
}

void Channel::count(const Leg& leg) {
  if (leg.tried == 0) return;
  TrunkTotals& totals = host_.totals[leg.trunk];
  ++totals.calls;
  totals.answered += leg.up ? 1 : 0;
  const VoiceQuality quality = leg.stream.quality();
  totals.packets += quality.packets;
  totals.frames += quality.frames;
  totals.lost += quality.lost;
  totals.late += quality.late;
  totals.dropped += quality.dropped;
  // What was not answered, or is too short, says nothing of the line.
  if (!leg.up || quality.frames < kJudgedFrames) return;
  ++totals.judged;
  totals.mosSum += quality.mos();
  totals.poor += quality.mos() < kPoorMos ? 1 : 0;
}

void Channel::describe(Json& json) const {
  if (main_.tried == 0) return;
  const VoiceQuality quality = main_.stream.quality();
  json.open('{')
      .field("channel", static_cast<int64_t>(id_))
      .field("trunk", host_.config.trunks[main_.trunk].name);
  json.field("number", masked(number_)).field("answered", main_.up);
  json.field("law", main_.stream.law() == Law::kAlaw ? "pcma" : "pcmu")
      .field("srtp", main_.stream.isSecret());
  json.field("seconds", (host_.now - main_.calledAt) / 1'000);
  json.field("sent", static_cast<int64_t>(quality.sent))
      .field("packets", static_cast<int64_t>(quality.packets));
  json.field("frames", static_cast<int64_t>(quality.frames))
      .field("lost", static_cast<int64_t>(quality.lost));
  json.field("late", static_cast<int64_t>(quality.late))
      .field("dropped", static_cast<int64_t>(quality.dropped))
      .field("strangers", static_cast<int64_t>(main_.stream.refused()));
  json.field("jitterMs", quality.jitterMs).field("mos", quality.mos());
  // What RTCP told: null until it did.
  const auto told = [&](const char* name, const std::optional<double>& value) {
    json.key(name);
    if (value)
      json.add(*value);
    else
      json.null();
  };
  told("farLostPercent", quality.farLostPercent);
  told("farJitterMs", quality.farJitterMs);
  told("roundTripMs", quality.roundTripMs);
  json.close('}');
}

void Channel::startDialling() {
  waitsForPace_ = false;
  if (!call(main_, trunk_, number_)) {
    fail("dial", FailureReason::kHardware);
    state_ = LineState::kDropping;
    return;
  }
  noAnswerAt_ = host_.now + parameters_.ringTimeoutMs;
  listening_ = !parameters_.noDetection;
  if (listening_) {
    const auto settings =
        host_.settings.of(*host_.plan(parameters_.plan), parameters_, parameters_.cpdTimeoutMs, false);
    detector_.start(settings, cpd::StartAt::kDial);
    if (!parameters_.recordFile.empty()) recorder_.start(*settings, cpd::StartAt::kDial, masked(number_));
  }
  post(EventType::kDialled);
}

Status Channel::rearm(CallRef ref) {
  const Status status = checkAnswered(ref);
  if (status != Status::kOk) return status;
  if (peer_ != nullptr || transfer_ || bridged_ || parameters_.noDetection) return Status::kIllegalState;
  detector_.rearm();
  recorder_.rearmed();
  listening_ = true;
  verdictGiven_ = false;
  return Status::kOk;
}

Status Channel::join(CallRef ref, Channel& other) {
  const Status status = checkAnswered(ref);
  if (status != Status::kOk) return status;
  if (&other == this) return Status::kBadArgument;
  if (!other.inService() || other.state_ != LineState::kAnswered) return Status::kIllegalState;
  for (const Channel* side : {this, &other})
    if (side->peer_ != nullptr || side->transfer_ || side->bridged_) return Status::kIllegalState;
  peer_ = &other;
  other.peer_ = this;
  for (Channel* side : {this, &other}) {
    side->listening_ = false;
    side->main_.toSend.clear();
    side->post({.type = EventType::kJoined, .other = side->peer_->id_});
  }
  return Status::kOk;
}

Status Channel::part(CallRef ref) {
  const Status status = checkAnswered(ref);
  if (status != Status::kOk) return status;
  if (peer_ == nullptr) return Status::kIllegalState;
  post(EventType::kParted);
  unjoin();
  return Status::kOk;
}

Status Channel::play(CallRef ref, Announcement announcement) {
  const Status status = checkAnswered(ref);
  if (status != Status::kOk) return status;
  if (playing_) return Status::kIllegalState;
  playing_ = Playing{std::move(announcement)};
  return Status::kOk;
}

Status Channel::stopPlay(CallRef ref) {
  const Status status = checkAnswered(ref);
  if (status != Status::kOk) return status;
  if (!playing_) return Status::kIllegalState;
  playing_->stopped = true;
  return Status::kOk;
}

Status Channel::collectDigits(CallRef ref, const DigitLimits& limits) {
  const Status status = checkAnswered(ref);
  if (status != Status::kOk) return status;
  if (limits.count <= 0 || limits.timeoutMs <= 0) return Status::kBadArgument;
  if (collecting_) return Status::kIllegalState;
  collecting_ = Collecting{limits, host_.now + limits.timeoutMs};
  if (!main_.stream.hearsEvents()) audioKeys_.listen(*host_.plan(parameters_.plan));
  return Status::kOk;
}

Status Channel::drop(CallRef ref) {
  if (ref == 0 || ref != ref_) return Status::kIllegalState;
  if (releaseAt_ != kNotDue) return Status::kOk;
  endOperations();
  hangUp(main_);
  state_ = LineState::kDropping;
  releaseAt_ = host_.now;
  return Status::kOk;
}

Status Channel::reset() {
  resetAt_ = host_.now;
  return Status::kOk;
}

Status Channel::tellScores(bool on) {
  scores_.turn(on);
  return Status::kOk;
}

Status Channel::setInService(bool wanted) {
  if (wanted != administrative_) return Status::kOk;
  if (!wanted && ref_ != 0) return Status::kChannelBusy;
  const bool before = inService();
  administrative_ = !wanted;
  tellService(before);
  return Status::kOk;
}

void Channel::trunkDown(bool down) {
  const bool before = inService();
  trunkDown_ = down;
  // A conversation needs no answer to OPTIONS: it is over when nothing of it is heard any more.
  const bool up = state_ == LineState::kAnswered || state_ == LineState::kDropping;
  if (down && ref_ != 0 && !up) disconnected(kCauseOutOfOrder);
  tellService(before);
}

void Channel::trunkTakesNone(const char* reason) {
  const bool before = inService();
  takesNone_ = reason;
  tellService(before);
}

void Channel::tellService(bool before) {
  if (before && !inService()) post({.type = EventType::kOutOfService, .text = reason()});
  if (!before && inService()) post(EventType::kInService);
}

// Ends what goes on beside the call itself.
void Channel::endOperations() {
  if (playing_) {
    playing_.reset();
    post({.type = EventType::kPlayed, .completed = false});
  }
  if (collecting_) {
    collecting_.reset();
    post({.type = EventType::kDigits, .text = std::exchange(keys_, {}), .digitsReason = "timeout"});
  }
  unjoin();
  transfer_.reset();
  hangUp(agent_);
  bridged_ = listening_ = seizing_ = waitsForPace_ = false;
  noAnswerAt_ = kNotDue;
}

void Channel::unjoin() {
  if (peer_ == nullptr) return;
  Channel* peer = std::exchange(peer_, nullptr);
  peer->peer_ = nullptr;
  peer->main_.toSend.clear();
  main_.toSend.clear();
  peer->post(EventType::kParted);
}

void Channel::saveRecording() {
  if (!recorder_.isRecording()) return;
  recorder_.concluded(detector_.evidence());
  host_.recordings.write(parameters_.recordFile, recorder_.take());
}

void Channel::clearCall() {
  const bool before = inService();
  saveRecording();
  hangUp(main_);
  state_ = LineState::kIdle;
  ref_ = 0;
  number_.clear();
  parameters_ = DialParameters();
  listening_ = proceeding_ = verdictGiven_ = seizing_ = waitsForPace_ = false;
  noAnswerAt_ = releaseAt_ = kNotDue;
  keys_.clear();
  audioKeys_ = AudioKeys();
  tellService(before);
}

}  // namespace board::sip
