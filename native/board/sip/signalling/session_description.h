// What is offered and agreed on for the media of a leg, in SDP. One audio stream: G.711 and telephone events.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "board/sip/media/audio_stream.h"
#include "board/sip/signalling/libre.h"
#include "board/sip/signalling/media_keys.h"

namespace board::sip {

class SessionDescription {
 public:
  // `codecs` in the order of preference, of "pcma" and "pcmu".
  // `secret`: SRTP and nothing else.
  SessionDescription(const IpAddress& ip, uint16_t rtpPort, const std::vector<std::string>& codecs,
                     bool secret);

  std::string offer() { return encoded(true); }
  std::string answer() { return encoded(false); }

  // The far end's answer, or its offer. Nothing where there is no codec in common, or no address to send to.
  std::optional<MediaPlan> take(const std::string& sdp, bool isOffer);

 private:
  std::string encoded(bool isOffer);
  bool takeKeys(bool isOffer);

  Ref<sdp_session> session_;
  sdp_media* audio_ = nullptr;  // the session's
  const bool v6_, secret_;
  MediaKey ours_{}, theirs_{};
  MediaContext sends_;  // as long as our key is the same, whatever theirs is: it counts what was sent
  std::shared_ptr<PacketCipher> cipher_;  // as long as their key is the same: it counts what has come
};

}  // namespace board::sip
