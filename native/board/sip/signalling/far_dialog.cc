#include "board/sip/signalling/far_dialog.h"

#include "board/sip/media/ip_address.h"
#include "board/sip/signalling/message.h"

namespace board::sip {
namespace {

// A header more in a message, as long as this is there.
class AddedRecordRoute {
 public:
  AddedRecordRoute(const sip_msg* message, const std::string& uri) : value_("<" + uri + ">") {
    header_.id = SIP_HDR_RECORD_ROUTE;
    header_.val = {value_.data(), value_.size()};
    hash_append(message->hdrht, SIP_HDR_RECORD_ROUTE, &header_.he, &header_);
  }
  ~AddedRecordRoute() { hash_unlink(&header_.he); }
  AddedRecordRoute(const AddedRecordRoute&) = delete;
  AddedRecordRoute& operator=(const AddedRecordRoute&) = delete;

 private:
  const std::string value_;
  sip_hdr header_{};
};

bool read(sip_addr& to, const sip_hdr* header) {
  return header != nullptr && sip_addr_decode(&to, &header->val) == 0;
}

// The last recorded is the nearest to us.
const sip_hdr* firstRoute(const sip_msg* response) {
  return sip_msg_hdr_apply(
      response, false, SIP_HDR_RECORD_ROUTE,
      [](const sip_hdr* /*header*/, const sip_msg* /*message*/, void* /*none*/) { return true; }, nullptr);
}

bool isReachable(const uri& to, const TrunkWay& way) {
  const std::string& transport = way.peer->trunk->transport;
  const bool six = way.peer->addresses[way.address].ip.isV6();
  pl by{"udp", 3}, host = to.host;
  (void)msg_param_decode(&to.params, "transport", &by);
  (void)msg_param_decode(&to.params, "maddr", &host);
  const IpAddress ip = ipOf(text(host));
  return pl_strcasecmp(&to.scheme, "sip") == 0 && pl_strcasecmp(&by, transport.c_str()) == 0 && ip.isSet() &&
         ip.isV6() == six;
}

}  // namespace

FarDialog openedBy(const sip_msg* response, sip_dialog* base, const TrunkWay& way) {
  sip_addr contact, route;
  if (!read(contact, sip_msg_hdr(response, SIP_HDR_CONTACT))) return {};
  const bool recorded = read(route, firstRoute(response));
  const bool direct = isReachable(recorded ? route.uri : contact.uri, way);
  sip_dialog* dialog = nullptr;
  int error = 0;
  if (direct) {
    error = sip_dialog_fork(&dialog, base, response);
  } else {
    const AddedRecordRoute first(response, way.peer->hop(way.address));
    error = sip_dialog_fork(&dialog, base, response);
  }
  if (error != 0) return {};
  return {.dialog = Ref<sip_dialog>(dialog), .target = text(contact.auri), .routed = recorded || !direct};
}

void update(FarDialog& dialog, const sip_msg* response, const TrunkWay& way) {
  sip_addr contact;
  if (!read(contact, sip_msg_hdr(response, SIP_HDR_CONTACT))) return;
  if (!dialog.routed && !isReachable(contact.uri, way)) return;
  if (sip_dialog_update(dialog.dialog.get(), response) == 0) dialog.target = text(contact.auri);
}

}  // namespace board::sip
