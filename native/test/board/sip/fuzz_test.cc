// Whatever bytes come in: mutations of good messages and packets through all that reads them. What it proves are the
// sanitizers, under which CI runs it. SIP_FUZZ_RUNS: how many inputs each reader gets (20,000), SIP_FUZZ_SEED: others.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "board/sip/media/frame_cutter.h"
#include "board/sip/media/rtcp_session.h"
#include "board/sip/media/rtp_packet.h"
#include "board/sip/signalling/digest.h"
#include "board/sip/signalling/media_keys.h"
#include "board/sip/signalling/message.h"
#include "board/sip/signalling/session_description.h"
#include "board/sip/signalling/transport/service_records.h"
#include "board/sip/words/final_response.h"
#include "board/sip/words/hand_over_headers.h"
#include "board/sip/words/info_key.h"
#include "board/sip/words/message_summary.h"
#include "board/sip/words/sip_text.h"

using namespace board::sip;

namespace {

unsigned long fromEnvironment(const char* name, unsigned long otherwise) {
  const char* given = std::getenv(name);
  return given == nullptr ? otherwise : std::strtoul(given, nullptr, 10);
}

const std::vector<std::string> kMessages = {
    "INVITE sip:cpdd@192.0.2.1:5060 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKa;rport\r\n"
    "From: <sip:a@b>;tag=1\r\nTo: <sip:c@d>;tag=2\r\nCall-ID: x@y\r\nCSeq: 7 INVITE\r\nContact: "
    "<sip:a@192.0.2.9>\r\n"
    "Session-Expires: 90;refresher=uac\r\nContent-Type: application/sdp\r\nContent-Length: 0\r\n\r\n",
    "SIP/2.0 183 Session Progress\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKb\r\nFrom: "
    "<sip:a@b>;tag=1\r\n"
    "To: <sip:c@d>;tag=2\r\ni: x@y\r\nCSeq: 1 INVITE\r\nRequire: 100rel\r\nRSeq: 17\r\nReason: "
    "SIP;cause=200, "
    "Q.850;cause=17;text=\"a \\\" b\"\r\nRetry-After: 20 (later)\r\nRecord-Route: <sip:p;lr>\r\nContact: "
    "<sip:a@192.0.2.9;transport=tcp>;expires=60\r\nContent-Length: 0\r\n\r\n",
};

const std::vector<std::string> kDescriptions = {
    "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8 0 "
    "101\r\n"
    "a=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 "
    "0-15\r\na=ptime:20\r\na=sendrecv\r\n",
    "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\nm=audio 4000 RTP/SAVP "
    "0\r\na=crypto:1 "
    "AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj|2^20\r\na=sendonly\r\n",
    "v=0\r\no=- 1 1 IN IP6 2001:db8::9\r\ns=-\r\nc=IN IP6 2001:db8::9\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n"
    "a=rtcp:4001 IN IP6 2001:db8::9\r\n",
};

const std::vector<std::string> kLines = {
    R"(Digest realm="a", nonce="b", opaque="c", algorithm=SHA-256, qop="auth,auth-int", stale=true)",
    "Q.850;cause=17;text=\"busy\", SIP;cause=486",
    "SIP/2.0 200 OK\r\n",
    "1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj",
    "concurrent call limit exceeded",
    "2001:db8::ff/32",
};

class Mutator {
 public:
  explicit Mutator(unsigned long seed) : random_(seed) {}

  size_t upTo(size_t most) { return std::uniform_int_distribution<size_t>(0, most)(random_); }

  std::string of(const std::vector<std::string>& seeds) {
    std::string text = seeds[upTo(seeds.size() - 1)];
    for (size_t changes = 1 + upTo(4); changes > 0; --changes) change(text, seeds);
    return text;
  }

 private:
  void change(std::string& text, const std::vector<std::string>& seeds) {
    static constexpr std::array<const char*, 12> kPieces = {"\r\n",       ";",  "=", "\"", "<", ">",
                                                            "4294967296", "-1", "%", " ",  ",", "\r\n\r\n"};
    const size_t at = upTo(text.size());
    const size_t length = upTo(std::min<size_t>(text.size() - at, 40));
    switch (upTo(5)) {
      case 0:
        if (at < text.size()) text[at] = static_cast<char>(upTo(255));
        break;
      case 1:
        text.erase(at, length);
        break;
      case 2:
        text.insert(at, kPieces[upTo(kPieces.size() - 1)]);
        break;
      case 3:
        text.insert(at, text.substr(at, length));
        break;
      case 4:
        text.resize(at);
        break;
      default: {
        const std::string& other = seeds[upTo(seeds.size() - 1)];
        text = text.substr(0, at) + other.substr(upTo(other.size()));
      }
    }
  }

  std::mt19937_64 random_;
};

const unsigned long kRuns = fromEnvironment("SIP_FUZZ_RUNS", 20'000);
const unsigned long kSeed = fromEnvironment("SIP_FUZZ_SEED", 1);

std::span<const uint8_t> bytesOf(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// As libre gives a message to us.
void readMessage(const std::string& text) {
  const Ref<mbuf> buffer(mbuf_alloc(text.size() + 1));
  (void)mbuf_write_mem(buffer.get(), bytesOf(text).data(), text.size());
  buffer->pos = 0;
  sip_msg* read = nullptr;
  if (sip_msg_decode(&read, buffer.get()) != 0) return;
  const Ref<sip_msg> message(read);
  (void)reasonCauseOf(read);
  (void)bodyOf(read);
  (void)headerText(read, SIP_HDR_SESSION_EXPIRES);
  CHECK(numberIn(read, SIP_HDR_RSEQ) >= -1);
  (void)numberIn(read, SIP_HDR_RETRY_AFTER);
}

}  // namespace

TEST_CASE("fuzz: SIP messages") {
  Mutator mutator(kSeed);
  for (unsigned long i = 0; i < kRuns; ++i) {
    const std::string text = mutator.of(kMessages);
    (void)summaryOf(text);
    readMessage(text);
  }
}

TEST_CASE("fuzz: descriptions of media") {
  Mutator mutator(kSeed + 1);
  for (unsigned long i = 0; i < kRuns / 4; ++i) {
    const IpAddress at = i % 4 < 2 ? IpAddress(0xc0000201) : ipOf("2001:db8::1");
    SessionDescription ours(at, 20'000, {"pcma", "pcmu"}, i % 2 == 0);
    for (int round = 0; round < 4; ++round) {
      const bool isOffer = mutator.upTo(1) == 0;
      const auto plan = ours.take(mutator.of(kDescriptions), isOffer);
      if (plan) CHECK(plan->peer.port != 0);
      (void)(isOffer ? ours.answer() : ours.offer());
    }
  }
}

TEST_CASE("fuzz: values of headers") {
  Mutator mutator(kSeed + 2);
  for (unsigned long i = 0; i < kRuns; ++i) {
    const std::string text = mutator.of(kLines);
    if (const auto challenge = readChallenge(text))
      (void)digestAnswer(
          {*challenge},
          {.username = "a", .password = "b", .method = "INVITE", .uri = "c", .clientNonce = "d"});
    const int cause = q850Cause(text);
    CHECK((cause == -1 || (cause >= 1 && cause <= 127)));
    const auto status = sipfragStatus(text);
    CHECK((!status || (*status >= 100 && *status <= 699)));
    (void)readCrypto(text);
    if (const auto prefix = IpPrefix::of(text)) (void)prefix->contains(ipOf(text));
    (void)speaksOfLimit(text);
    (void)isHeaderLine(text);
    (void)keyOfInfo("application/dtmf-relay", text);
    for (const std::string& line : handOverHeaders({}, text, {.number = text, .channel = 1}))
      REQUIRE(isHeaderLine(line));
    (void)readServiceRecords(bytesOf(text));
  }
}

TEST_CASE("fuzz: RTCP") {
  Mutator mutator(kSeed + 4);
  std::vector<std::string> packets;
  for (const bool sends : {true, false}) {
    RtcpReport report{
        .ssrc = 9, .sender = {}, .reception = ReceptionReport{.ssrc = 7, .fractionLost = 3, .lost = 40}};
    if (sends) report.sender = SenderReport{.ntp = 1ULL << 60, .timestamp = 5, .packets = 6, .octets = 7};
    const auto bytes = encodeRtcp(report);
    packets.emplace_back(bytes.begin(), bytes.end());
  }
  RtcpSession session;
  session.start(7, 0);
  session.went(160);
  double now = 0;
  for (unsigned long i = 0; i < kRuns; ++i) {
    const std::string text = mutator.of(packets);
    now += static_cast<double>(mutator.upTo(40));
    session.take(bytesOf(text), now);
    (void)session.due(now, static_cast<uint32_t>(i), 0);
    if (session.farView()) REQUIRE(session.farView()->lostPercent <= 100);
    if (session.roundTripMs()) REQUIRE(*session.roundTripMs() <= 10'000);
  }
}

TEST_CASE("fuzz: RTP, its events, and the frames cut from it") {
  Mutator mutator(kSeed + 3);
  std::vector<std::string> packets;
  for (int sequence = 0; sequence < 8; ++sequence) {
    const std::vector<uint8_t> audio(160, 0xd5), event = {5, 0x8a, 3, 0x20};
    for (const auto& [type, payload] : {std::pair(8, audio), std::pair(101, event), std::pair(13, event)}) {
      const auto bytes = encodeRtp({.payloadType = static_cast<uint8_t>(type),
                                    .sequence = static_cast<uint16_t>(65'533 + sequence),
                                    .timestamp = 4'294'967'000U + 160U * static_cast<uint32_t>(sequence),
                                    .ssrc = 7,
                                    .payload = payload});
      packets.emplace_back(bytes.begin(), bytes.end());
    }
  }
  FrameCutter cutter;
  cutter.start(0);
  double now = 0;
  std::array<int16_t, cpd::kFrameSamples> frame{};
  std::array<int16_t, 1'600> samples{};
  uint64_t frames = 0;
  for (unsigned long i = 0; i < kRuns; ++i) {
    const std::string text = mutator.of(packets);
    if (const auto packet = decodeRtp(bytesOf(text))) {
      (void)decodeTelephoneEvent(packet->payload);
      const size_t length = std::min(packet->payload.size(), samples.size());
      cutter.take({.sequence = packet->sequence,
                   .timestamp = packet->timestamp,
                   .ssrc = packet->ssrc,
                   .samples = std::span<const int16_t>(samples).first(length),
                   .comfortNoise = packet->payloadType == 13},
                  now);
    }
    now += static_cast<double>(mutator.upTo(40));
    while (cutter.next(now, frame.data())) ++frames;
    // Whatever the sender's clock says, not much more than real time is ever heard.
    REQUIRE(static_cast<double>(frames) * cpd::kFrameMs <=
            now + 1'300.0 * static_cast<double>(cutter.counts().restarts + 1));
  }
}
