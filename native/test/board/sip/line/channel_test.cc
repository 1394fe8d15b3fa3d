// A channel with legs whose far ends are sockets of loopback: when a bridge is over, and who tells a key.
#include "board/sip/line/channel.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "board/sip/media/rtp_packet.h"
#include "media/tone_generator.h"

using namespace board;
using namespace board::sip;

namespace {

constexpr uint32_t kLoopback = 0x7f000001;
constexpr CallRef kRef = 7;
constexpr int kEventType = 101;

// Takes every call, and says nothing by itself.
class QuietSignalling final : public Signalling {
 public:
  void open(const Config&, SignallingEvents&) override {}
  size_t addresses(size_t) const override { return 1; }
  bool isV6(size_t, size_t) const override { return false; }
  void invite(LegId leg, const Invite& invite) override { invites.emplace_back(leg, invite); }
  void end(LegId) override {}
  void giveUp(LegId) override {}
  void refer(LegId, size_t, const std::string&, LegId) override {}
  void refresh(LegId) override {}
  void ask(LegId leg) override { asks.push_back(leg); }
  void probe(size_t, size_t) override {}
  void registerAt(size_t, size_t) override {}
  void settle() override {}
  SignallingCounts counts() const override { return {}; }
  std::string addressText(size_t, size_t) const override { return ""; }
  std::string transportFault(size_t) const override { return ""; }
  std::vector<TracedMessage> messages() const override { return {}; }
  void close() override {}

  std::vector<std::pair<LegId, Invite>> invites;
  std::vector<LegId> asks;
};

Config configured() {
  Config config;
  Trunk trunk;
  trunk.name = "peer";
  trunk.addresses = {{"127.0.0.1", 5080}};
  config.trunks.push_back(trunk);
  // Ports of this process, so that tests side by side do not meet.
  config.rtpFirstPort = 40'000 + ::getpid() % 2'000 * 8;
  config.rtpLastPort = config.rtpFirstPort + 7;
  config.rtpTimeoutMs = 0;
  config.agentRtpTimeoutMs = 10'000;
  config.silentCalls = "end";
  return config;
}

// The telephone of a leg.
class Telephone {
 public:
  explicit Telephone(RtpPorts& ports) : socket_(ports.open()) { REQUIRE(socket_.isOpen()); }

  void answers(const std::pair<LegId, Invite>& invite) {
    leg_ = invite.first;
    board_ = {kLoopback, invite.second.rtpPort};
  }
  LegId leg() const { return leg_; }
  MediaPlan plan() const { return {.peer = {kLoopback, socket_.port()}, .cipher = {}}; }

  // 20 ms of sound.
  void sends(const int16_t* samples) {
    std::array<uint8_t, cpd::kFrameSamples> payload;
    encode(Law::kUlaw, {samples, cpd::kFrameSamples}, payload);
    send(0, payload);
    timestamp_ += cpd::kFrameSamples;
  }
  // A key as a telephone event.
  void presses(uint8_t event) {
    const std::array<uint8_t, 4> payload{event, 0x8a, 2, 0x80};
    send(kEventType, payload);
  }

 private:
  void send(uint8_t type, std::span<const uint8_t> payload) {
    socket_.send(encodeRtp({.payloadType = type,
                            .sequence = sequence_++,
                            .timestamp = timestamp_,
                            .ssrc = 0x1234,
                            .payload = payload}),
                 board_);
  }

  RtpSocket socket_;
  LegId leg_ = 0;
  MediaAddress board_;
  uint16_t sequence_ = 1;
  uint32_t timestamp_ = 0;
};

struct Bench {
  QuietSignalling signalling;
  LineHost host;
  Channel channel{1, 1, 0, host};
  Telephone customer{host.ports}, agent{host.ports};

  explicit Bench(const Config& config = configured()) : host(config, signalling) {
    host.trunks.emplace_back(config.trunks[0], 1, config.healthEveryMs);
    REQUIRE(channel.seize(kRef) == Status::kOk);
    tick();
    DialParameters parameters;
    parameters.plan = "US";
    parameters.noDetection = true;
    REQUIRE(channel.dial(kRef, "+12125550100", parameters) == Status::kOk);
    tick();
    REQUIRE(signalling.invites.size() == 1);
    customer.answers(signalling.invites[0]);
    channel.answered(customer.leg(), customer.plan());
  }

  void bridge() {
    REQUIRE(channel.transfer(kRef, "7001", TransferStyle::kBridge) == Status::kOk);
    REQUIRE(signalling.invites.size() == 2);
    agent.answers(signalling.invites[1]);
    channel.answered(agent.leg(), agent.plan());
    REQUIRE(find(EventType::kTransferred) != nullptr);
  }
  void tick() {
    host.now += cpd::kFrameMs;
    channel.beginTick();
    cpd::BankChannel frame;
    for (bool more = true; more;) (void)channel.nextFrame(frame, more);
    channel.endTick();
  }
  void pass(double ms) {
    for (const double until = host.now + ms; host.now < until;) tick();
  }
  void speaks(Telephone& who, const std::vector<int16_t>& sound) {
    for (size_t at = 0; at + cpd::kFrameSamples <= sound.size(); at += cpd::kFrameSamples) {
      who.sends(&sound[at]);
      tick();
    }
  }
  const Event* find(EventType type) const {
    const auto found = std::ranges::find(host.outbox, type, &Event::type);
    return found == host.outbox.end() ? nullptr : &*found;
  }
  bool isOver() const { return find(EventType::kDisconnected) != nullptr; }
};

std::vector<int16_t> silence(int ms) { return std::vector<int16_t>(static_cast<size_t>(ms) * 8); }

// 300 ms of silence, the key's tones, 200 ms of silence.
std::vector<int16_t> pressed(const std::string& key) {
  std::vector<int16_t> sound(2'400 + 1'280 + 1'600);
  media::ToneOptions options;
  options.dbm0 = -10;
  media::ToneGenerator(media::dtmfSignal(key), options).fill(std::span(sound).subspan(2'400, 1'280));
  return sound;
}

}  // namespace

TEST_CASE("channel: a bridge whose agent was heard and is not any more is over") {
  Bench bench;
  bench.bridge();
  bench.speaks(bench.agent, silence(200));
  bench.pass(9'900);
  CHECK_FALSE(bench.isOver());
  bench.pass(200);
  REQUIRE(bench.isOver());
  CHECK(bench.find(EventType::kDisconnected)->cause == 27);
}

TEST_CASE("channel: an agent that holds takes nobody off the line, whatever direction its telephone says") {
  for (const bool sendOnly : {true, false}) {
    CAPTURE(sendOnly);
    Bench bench;
    bench.bridge();
    bench.speaks(bench.agent, silence(200));
    MediaPlan hold = bench.agent.plan();
    hold.sends = false;
    hold.receives = sendOnly;
    bench.channel.mediaChanged(bench.agent.leg(), hold);
    bench.pass(60'000);
    CHECK_FALSE(bench.isOver());
    bench.channel.mediaChanged(bench.agent.leg(), bench.agent.plan());
    bench.pass(10'100);
    CHECK(bench.isOver());
  }
}

TEST_CASE("channel: a customer that holds with sendonly and sends nothing stays") {
  Config config = configured();
  config.rtpTimeoutMs = 5'000;
  Bench bench(config);
  MediaPlan hold = bench.customer.plan();
  hold.sends = false;
  bench.channel.mediaChanged(bench.customer.leg(), hold);
  bench.pass(20'000);
  CHECK_FALSE(bench.isOver());
  bench.channel.mediaChanged(bench.customer.leg(), bench.customer.plan());
  bench.pass(5'100);
  REQUIRE(bench.isOver());
  CHECK(bench.find(EventType::kDisconnected)->cause == 38);
}

TEST_CASE("channel: an agent that was never heard in the bridge ends none") {
  Bench bench;
  bench.bridge();
  bench.pass(60'000);
  CHECK_FALSE(bench.isOver());
}

TEST_CASE("channel: an agent that was heard before the bridge alone ends none") {
  Bench bench;
  REQUIRE(bench.channel.transfer(kRef, "7001", TransferStyle::kConsult) == Status::kOk);
  bench.agent.answers(bench.signalling.invites.at(1));
  bench.channel.answered(bench.agent.leg(), bench.agent.plan());
  bench.speaks(bench.agent, silence(200));
  bench.tick();
  bench.channel.referRefused(bench.customer.leg());
  REQUIRE(bench.find(EventType::kTransferred) != nullptr);
  bench.pass(60'000);
  CHECK_FALSE(bench.isOver());
}

TEST_CASE("channel: with agentRtpTimeoutMs 0 no agent's silence ends a bridge") {
  Config config = configured();
  config.agentRtpTimeoutMs = 0;
  Bench bench(config);
  bench.bridge();
  bench.speaks(bench.agent, silence(200));
  bench.pass(300'000);
  CHECK_FALSE(bench.isOver());
}

TEST_CASE("channel: a key counts once when a later description agrees on telephone events") {
  Bench bench;
  REQUIRE(bench.channel.collectDigits(kRef, {.count = 3, .timeoutMs = 2'500}) == Status::kOk);
  bench.speaks(bench.customer, pressed("4"));
  MediaPlan events = bench.customer.plan();
  events.eventType = kEventType;
  bench.channel.mediaChanged(bench.customer.leg(), events);
  bench.customer.presses(5);
  bench.speaks(bench.customer, pressed("5"));
  bench.pass(2'500);
  REQUIRE(bench.find(EventType::kDigits) != nullptr);
  CHECK(bench.find(EventType::kDigits)->text == "45");
}

TEST_CASE("channel: a muted telephone is asked whether its call is up, and ends nothing while it says so") {
  Config config = configured();
  config.silentCalls = "ask";
  config.rtpTimeoutMs = 5'000;
  for (const bool agents : {false, true}) {
    CAPTURE(agents);
    Bench bench(config);
    bench.bridge();
    bench.speaks(bench.agent, silence(200));
    const double patience = agents ? 10'000 : 5'000;
    const LegId leg = agents ? bench.agent.leg() : bench.customer.leg();
    const auto others = [&] {
      // The other side goes on talking.
      bench.speaks(agents ? bench.customer : bench.agent, silence(1'000));
    };
    for (int round = 1; round <= 3; ++round) {
      while (bench.signalling.asks.size() < static_cast<size_t>(round)) others();
      // Asked once, however long the answer takes.
      others();
      CHECK(bench.signalling.asks.size() == static_cast<size_t>(round));
      CHECK(bench.signalling.asks.back() == leg);
      CHECK(bench.host.now >= round * patience);
      bench.channel.asked(leg, true);
      CHECK_FALSE(bench.isOver());
    }
    while (bench.signalling.asks.size() < 4) others();
    bench.channel.asked(leg, false);
    REQUIRE(bench.isOver());
    CHECK(bench.find(EventType::kDisconnected)->cause == (agents ? 27 : 38));
  }
}

TEST_CASE("channel: whoever is heard again while it is asked is up, whatever the answer") {
  Config config = configured();
  config.silentCalls = "ask";
  config.rtpTimeoutMs = 5'000;
  Bench bench(config);
  bench.pass(5'100);
  REQUIRE(bench.signalling.asks == std::vector<LegId>{bench.customer.leg()});
  bench.speaks(bench.customer, silence(200));
  bench.channel.asked(bench.customer.leg(), false);
  CHECK_FALSE(bench.isOver());
  // And is asked again when it falls silent again.
  bench.pass(5'100);
  CHECK(bench.signalling.asks.size() == 2);
}

TEST_CASE("channel: a leg whose far end says that it is up is over once nothing was heard for too long") {
  Config config = configured();
  config.silentCalls = "ask";
  config.rtpTimeoutMs = 1'000;
  config.agentRtpTimeoutMs = 1'000;
  config.longestSilenceMs = 20'000;
  config.agentLongestSilenceMs = 10'000;
  for (const bool agents : {false, true}) {
    CAPTURE(agents);
    Bench bench(config);
    bench.bridge();
    bench.speaks(bench.agent, silence(200));
    bench.speaks(bench.customer, silence(200));
    const Telephone& gone = agents ? bench.agent : bench.customer;
    Telephone& talks = agents ? bench.customer : bench.agent;
    size_t asked = 0;
    const auto saysItIsUp = [&](double ms) {
      for (const double until = bench.host.now + ms; bench.host.now < until;) {
        bench.speaks(talks, silence(20));
        if (bench.signalling.asks.size() == asked) continue;
        asked = bench.signalling.asks.size();
        CHECK(bench.signalling.asks.back() == gone.leg());
        bench.channel.asked(gone.leg(), true);
      }
    };
    const double longest = agents ? 10'000 : 20'000;
    saysItIsUp(longest / 2);
    CHECK(asked > 2);
    // A session that is refreshed changes nothing; whoever held may have been silent.
    bench.channel.mediaChanged(gone.leg(), gone.plan());
    saysItIsUp(longest / 2 - 500);
    CHECK_FALSE(bench.isOver());
    MediaPlan hold = gone.plan();
    hold.sends = false;
    bench.channel.mediaChanged(gone.leg(), hold);
    saysItIsUp(longest * 2);
    CHECK_FALSE(bench.isOver());
    bench.channel.mediaChanged(gone.leg(), gone.plan());
    saysItIsUp(longest / 2);
    bench.channel.mediaChanged(gone.leg(), gone.plan());
    saysItIsUp(longest / 2 - 100);
    CHECK_FALSE(bench.isOver());
    saysItIsUp(200);
    REQUIRE(bench.isOver());
    CHECK(bench.find(EventType::kDisconnected)->cause == (agents ? 27 : 38));
  }
}

TEST_CASE("channel: an answer is believed for ever where the silence has no limit, or does not count") {
  Config config = configured();
  config.silentCalls = "ask";
  for (const bool counts : {false, true}) {
    CAPTURE(counts);
    config.rtpTimeoutMs = counts ? 1'000 : 0;
    config.longestSilenceMs = counts ? 0 : 5'000;
    Bench bench(config);
    bench.speaks(bench.customer, silence(200));
    for (size_t asked = 0; bench.host.now < 30'000;) {
      bench.tick();
      if (bench.signalling.asks.size() == asked) continue;
      asked = bench.signalling.asks.size();
      bench.channel.asked(bench.customer.leg(), true);
    }
    CHECK(bench.signalling.asks.empty() == !counts);
    CHECK_FALSE(bench.isOver());
  }
}
