#include "board/sip/media/audio_stream.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "media/g711.h"

namespace board::sip {
namespace {

constexpr int kUlawType = 0, kAlawType = 8, kComfortNoiseType = 13;  // RFC 3551
constexpr uint8_t kUlawSilence = 0xff, kAlawSilence = 0xd5;
constexpr size_t kLongestPacket = 2048;
constexpr size_t kLongestAudio = 1600;  // 200 ms
// Packets taken of one leg in a tick; what is more waits, so that a flood on one leg holds up no other.
constexpr int kPacketsATick = 32;
constexpr double kLookForControlMs = 200;
constexpr int kControlALook = 4;
constexpr double kSamplesAMs = 8;

}  // namespace

void encode(Law law, std::span<const int16_t> samples, std::span<uint8_t> bytes) {
  std::ranges::transform(samples, bytes.begin(), law == Law::kUlaw ? media::encodeUlaw : media::encodeAlaw);
}

void decode(Law law, std::span<const uint8_t> bytes, std::span<int16_t> samples) {
  std::ranges::transform(bytes, samples.begin(), law == Law::kUlaw ? media::decodeUlaw : media::decodeAlaw);
}

void AudioStream::start(RtpSocket socket, RtpSocket control, uint32_t ssrc, double now) {
  *this = AudioStream();
  socket_ = std::move(socket);
  control_ = std::move(control);
  ssrc_ = ssrc;
  rtcp_.start(ssrc, now);
  lookForControlAt_ = now + kLookForControlMs;
  // Any number will do for a start; those of the source's own are as hard to guess.
  sequence_ = static_cast<uint16_t>(ssrc >> 8);
  timestamp_ = ssrc * 2654435761U;
  waitedFrom_ = unheardFrom_ = now;
  cutter_.start(now);
}

void AudioStream::stop() { *this = AudioStream(); }

void AudioStream::plan(const MediaPlan& plan, double now) {
  // A session that is refreshed is described as it was.
  if (!planned_ || isHeld() || plan.peer != plan_.peer) unheardFrom_ = now;
  waitedFrom_ = now;
  plan_ = plan;
  planned_ = true;
  gate_.negotiated(plan.peer);
}

VoiceQuality AudioStream::quality() const {
  const StreamCounts& counts = cutter_.counts();
  VoiceQuality quality{.sent = rtcp_.sent(),
                       .packets = counts.packets,
                       .dropped = socket_.dropped(),
                       .frames = counts.frames,
                       .lost = counts.lost,
                       .late = counts.late,
                       .jitterMs = cutter_.jitterMs(),
                       .farLostPercent = {},
                       .farJitterMs = {},
                       .roundTripMs = rtcp_.roundTripMs()};
  if (const std::optional<FarView>& view = rtcp_.farView()) {
    quality.farLostPercent = view->lostPercent;
    quality.farJitterMs = view->jitterMs;
  }
  return quality;
}

void AudioStream::receiveControl(double now) {
  if (now < lookForControlAt_) return;
  lookForControlAt_ = now + kLookForControlMs;
  std::array<uint8_t, kLongestPacket> buffer;
  MediaAddress from;
  for (int i = 0; i < kControlALook; ++i) {
    const auto bytes = control_.receive(buffer, from);
    if (!bytes) return;
    // Translators give RTCP a port of its own: the address alone must be the peer's.
    if (from.ip != gate_.sendTo().ip) continue;
    std::vector<uint8_t> plain(bytes->begin(), bytes->end());
    const bool authentic = !plan_.cipher || plan_.cipher->unprotectControl(plain);
    if (authentic && rtcp_.take(plain, now)) heardAt(now);
  }
}

void AudioStream::sendControl(double now) {
  auto report = rtcp_.due(now, timestamp_, static_cast<uint32_t>(cutter_.jitterMs() * kSamplesAMs));
  if (!report || !planned_ || !gate_.isSet() || plan_.controlPort == 0) return;
  if (!plan_.cipher || plan_.cipher->protectControl(*report))
    control_.send(*report, {gate_.sendTo().ip, plan_.controlPort});
}

void AudioStream::receive(double now, std::string& keys) {
  receiveControl(now);
  std::array<uint8_t, kLongestPacket> buffer;
  MediaAddress from;
  for (int i = 0; i < kPacketsATick; ++i) {
    const auto bytes = socket_.receive(buffer, from);
    if (!bytes) return;
    arrived(*bytes, from, now, keys);
  }
}

void AudioStream::arrived(std::span<const uint8_t> bytes, MediaAddress from, double now, std::string& keys) {
  if (!plan_.cipher) {
    const std::optional<RtpPacket> packet = decodeRtp(bytes);
    if (packet && gate_.admits(from)) take(*packet, now, keys);
    return;
  }
  // What is not authentic says nothing, not even where the peer is.
  if (!decodeRtp(bytes)) return;
  std::vector<uint8_t> plain(bytes.begin(), bytes.end());
  if (!plan_.cipher->unprotect(plain)) return;
  const std::optional<RtpPacket> packet = decodeRtp(plain);
  if (packet && gate_.admits(from)) take(*packet, now, keys);
}

void AudioStream::take(const RtpPacket& packet, double now, std::string& keys) {
  heardAt(now);
  rtcp_.came(packet);
  AudioPacket audio{
      .sequence = packet.sequence, .timestamp = packet.timestamp, .ssrc = packet.ssrc, .samples = {}};
  if (packet.payloadType == plan_.eventType) {
    const std::optional<TelephoneEvent> event = decodeTelephoneEvent(packet.payload);
    // Its packets all carry the timestamp of its beginning.
    if (event && lastKeyAt_ != packet.timestamp) {
      lastKeyAt_ = packet.timestamp;
      keys += event->digit;
    }
    return cutter_.take(audio, now);
  }
  if (packet.payloadType == kComfortNoiseType) {
    audio.comfortNoise = true;
    return cutter_.take(audio, now);
  }
  const bool known = packet.payloadType == kUlawType || packet.payloadType == kAlawType;
  if (!known || packet.payload.empty() || packet.payload.size() > kLongestAudio) return;
  // Both laws are offered: what comes says itself which it is.
  std::array<int16_t, kLongestAudio> samples;
  const std::span<int16_t> decoded = std::span(samples).first(packet.payload.size());
  decode(packet.payloadType == kUlawType ? Law::kUlaw : Law::kAlaw, packet.payload, decoded);
  audio.samples = decoded;
  cutter_.take(audio, now);
}

void AudioStream::send(const int16_t* samples, double now) {
  const MediaAddress to = gate_.sendTo();
  const bool speaks = samples != nullptr;
  if (planned_ && plan_.sends && gate_.isSet()) {
    std::array<uint8_t, cpd::kFrameSamples> payload;
    if (speaks) {
      encode(plan_.law, {samples, cpd::kFrameSamples}, payload);
    } else {
      payload.fill(plan_.law == Law::kUlaw ? kUlawSilence : kAlawSilence);
    }
    std::vector<uint8_t> packet =
        encodeRtp({.payloadType = static_cast<uint8_t>(plan_.law == Law::kUlaw ? kUlawType : kAlawType),
                   .marker = speaks && !spoke_,
                   .sequence = sequence_,
                   .timestamp = timestamp_,
                   .ssrc = ssrc_,
                   .payload = payload});
    if (!plan_.cipher || plan_.cipher->protect(packet)) socket_.send(packet, to);
    rtcp_.went(payload.size());
    ++sequence_;
  }
  sendControl(now);
  spoke_ = speaks;
  timestamp_ += cpd::kFrameSamples;
}

}  // namespace board::sip
