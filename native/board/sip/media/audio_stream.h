// The media of one leg: what the far end sends becomes frames and keys, what is to be sent goes out as a packet of
// 20 ms a tick. The first packets go out before anything comes, so that translators on the way let the answer through.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "board/sip/media/frame_cutter.h"
#include "board/sip/media/packet_cipher.h"
#include "board/sip/media/peer_gate.h"
#include "board/sip/media/rtcp_session.h"
#include "board/sip/media/rtp_packet.h"
#include "board/sip/media/rtp_socket.h"
#include "board/sip/media/voice_quality.h"

namespace board::sip {

enum class Law : uint8_t { kUlaw, kAlaw };

// What signalling agreed on.
struct MediaPlan {
  MediaAddress peer;
  uint16_t controlPort = 0;  // of its RTCP
  Law law = Law::kUlaw;
  int eventType = -1;                    // payload type of telephone events, -1: none
  bool sends = true;                     // we may send
  bool receives = true;                  // the far end sends; false: it holds us
  std::shared_ptr<PacketCipher> cipher;  // of SRTP; none: plain RTP
};

class AudioStream {
 public:
  // `control`: of RTCP; not open where there was no port for it.
  void start(RtpSocket socket, RtpSocket control, uint32_t ssrc, double now);
  void stop();
  bool isOpen() const { return socket_.isOpen(); }
  uint16_t port() const { return socket_.port(); }

  // May come again: another answer, a re-INVITE.
  // From then on the far end is waited for anew.
  void plan(const MediaPlan& plan, double now);
  bool hasPlan() const { return planned_; }
  // The far end sends its keys as telephone events.
  bool hearsEvents() const { return plan_.eventType >= 0; }
  // Whoever holds may send nothing at all, also where it says that it alone sends.
  bool isHeld() const { return planned_ && !(plan_.receives && plan_.sends); }

  // Takes what has arrived; keys that the far end pressed are added to `keys`.
  void receive(double now, std::string& keys);
  std::optional<cpd::FrameKind> next(double now, int16_t* samples) { return cutter_.next(now, samples); }

  // One packet of 20 ms; nullptr: silence. Each 5 s a report with it.
  void send(const int16_t* samples, double now);

  const StreamCounts& counts() const { return cutter_.counts(); }
  VoiceQuality quality() const;
  Law law() const { return plan_.law; }
  bool isSecret() const { return plan_.cipher != nullptr; }
  uint64_t refused() const { return gate_.refused(); }
  // Neither sound nor a report has come for so long, though it was to.
  bool isSilent(double now, double forMs) const { return !isHeld() && now - waitedFrom_ >= forMs; }
  // The same, whatever it said meanwhile.
  bool isUnheard(double now, double forMs) const { return !isHeld() && now - unheardFrom_ >= forMs; }
  // The far end is there without either: it is waited for anew.
  void waitAnew(double now) { waitedFrom_ = now; }
  // Sound or a report came at that time or later.
  bool wasHeardSince(double at) const { return lastHeardAt_ && *lastHeardAt_ >= at; }

 private:
  void arrived(std::span<const uint8_t> bytes, MediaAddress from, double now, std::string& keys);
  void take(const RtpPacket& packet, double now, std::string& keys);
  void heardAt(double now) { waitedFrom_ = unheardFrom_ = lastHeardAt_.emplace(now); }
  void receiveControl(double now);
  void sendControl(double now);

  RtpSocket socket_, control_;
  RtcpSession rtcp_;
  double lookForControlAt_ = 0;
  PeerGate gate_;
  FrameCutter cutter_;
  MediaPlan plan_;
  bool planned_ = false;
  uint32_t ssrc_ = 0;
  uint16_t sequence_ = 0;
  uint32_t timestamp_ = 0;
  bool spoke_ = false;      // the last packet sent had sound
  double waitedFrom_ = 0;   // when it was heard last, or described anew
  double unheardFrom_ = 0;  // when it was heard last, or began to be somewhere else, or was held
  std::optional<double> lastHeardAt_;
  std::optional<uint32_t> lastKeyAt_;  // timestamp of the last event told
};

// A-law or mu-law, 160 samples to 160 bytes and back.
void encode(Law law, std::span<const int16_t> samples, std::span<uint8_t> bytes);
void decode(Law law, std::span<const uint8_t> bytes, std::span<int16_t> samples);

}  // namespace board::sip
