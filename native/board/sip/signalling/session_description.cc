#include "board/sip/signalling/session_description.h"

#include <new>

#include "board/sip/signalling/transport/libre_address.h"

namespace board::sip {
namespace {

constexpr int kUlaw = 0, kAlaw = 8;
constexpr const char* kEventType = "101";
constexpr size_t kLongestSdp = 16 * 1024;

void check(int error) {
  if (error != 0) throw std::bad_alloc();
}

}  // namespace

SessionDescription::SessionDescription(const IpAddress& ip, uint16_t rtpPort,
                                       const std::vector<std::string>& codecs, bool secret)
    : v6_(ip.isV6()), secret_(secret) {
  const sa address = libreAddress(ip, rtpPort);
  sdp_session* session = nullptr;
  check(sdp_session_alloc(&session, &address));
  session_.reset(session);
  check(sdp_media_add(&audio_, session, sdp_media_audio, rtpPort,
                      secret ? sdp_proto_rtpsavp : sdp_proto_rtpavp));
  for (const std::string& codec : codecs) {
    const bool alaw = codec == "pcma";
    check(sdp_format_add(nullptr, audio_, false, alaw ? "8" : "0", alaw ? "PCMA" : "PCMU", 8000, 1, nullptr,
                         nullptr, nullptr, false, nullptr));
  }
  check(sdp_format_add(nullptr, audio_, false, kEventType, "telephone-event", 8000, 1, nullptr, nullptr,
                       nullptr, false, "0-15"));
  check(sdp_media_set_lattr(audio_, true, "ptime", "20"));
  if (!secret_) return;
  ours_ = newMediaKey();
  sends_ = startContext(ours_);
  check(sdp_media_set_lattr(audio_, true, "crypto", "%s", writeCrypto({"1", ours_}).c_str()));
}

// The far end's keys; an offer's tag is repeated in our answer. False: there are none that we can use.
bool SessionDescription::takeKeys(bool isOffer) {
  std::optional<CryptoAttribute> found;
  (void)sdp_media_rattr_apply(
      audio_, "crypto",
      [](const char* /*name*/, const char* value, void* into) {
        auto& to = *static_cast<std::optional<CryptoAttribute>*>(into);
        to = readCrypto(value == nullptr ? "" : value);
        return to.has_value();
      },
      &found);
  if (!found) return false;
  if (isOffer)
    check(sdp_media_set_lattr(audio_, true, "crypto", "%s", writeCrypto({found->tag, ours_}).c_str()));
  if (cipher_ && found->key == theirs_) return true;
  theirs_ = found->key;
  cipher_ = makeCipher(sends_, theirs_);
  return true;
}

std::string SessionDescription::encoded(bool isOffer) {
  mbuf* buffer = nullptr;
  check(sdp_encode(&buffer, session_.get(), isOffer));
  const Ref<mbuf> held(buffer);
  return {reinterpret_cast<const char*>(buffer->buf), buffer->end};
}

std::optional<MediaPlan> SessionDescription::take(const std::string& sdp, bool isOffer) {
  if (sdp.empty() || sdp.size() > kLongestSdp) return std::nullopt;
  const Ref<mbuf> buffer(mbuf_alloc(sdp.size()));
  if (!buffer || mbuf_write_mem(buffer.get(), reinterpret_cast<const uint8_t*>(sdp.data()), sdp.size()) != 0)
    return std::nullopt;
  buffer->pos = 0;
  if (sdp_decode(session_.get(), buffer.get(), isOffer) != 0) return std::nullopt;
  // Without an error also where nothing is in common: all must be looked at.
  const uint16_t port = sdp_media_rport(audio_);
  if (port == 0) return std::nullopt;
  MediaPlan plan;
  bool agreed = false;
  for (const le* each = list_head(sdp_media_format_lst(audio_, false)); each != nullptr; each = each->next) {
    const auto* format = static_cast<const sdp_format*>(each->data);
    if (format == nullptr || !format->sup) continue;
    if (format->pt == kUlaw || format->pt == kAlaw) {
      if (!agreed) plan.law = format->pt == kAlaw ? Law::kAlaw : Law::kUlaw;
      agreed = true;
    } else if (format->name != nullptr && str_casecmp(format->name, "telephone-event") == 0) {
      plan.eventType = format->pt;
    }
  }
  if (!agreed) return std::nullopt;
  if (secret_ && !takeKeys(isOffer)) return std::nullopt;
  plan.cipher = cipher_;
  const sa* address = sdp_media_raddr(audio_);
  // An address of zeros is the old way to hold.
  const bool held = sa_is_any(address);
  plan.peer = {ipOf(*address), port};
  if (!held && plan.peer.ip.isV6() != v6_) return std::nullopt;
  sa control;
  sdp_media_raddr_rtcp(audio_, &control);
  plan.controlPort = sa_port(&control);
  const int direction = sdp_media_dir(audio_);
  plan.sends = !held && (direction & SDP_SENDONLY) != 0;
  plan.receives = !held && (direction & SDP_RECVONLY) != 0;
  return plan;
}

}  // namespace board::sip
