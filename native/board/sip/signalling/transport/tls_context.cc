#include "board/sip/signalling/transport/tls_context.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "board/made_board.h"
#include "board/sip/media/ip_address.h"

namespace board::sip {
namespace {

// Where a context of OpenSSL keeps ours.
int ownIndex() {
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

TlsContext& ownOf(const SSL* connection) {
  return *static_cast<TlsContext*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(connection), ownIndex()));
}

void check(bool good, const Trunk& trunk, const std::string& what) {
  if (!good) throw OpenError("BOARD_ERROR", "trunks: " + trunk.name + ": tls: " + what);
}

}  // namespace

TlsContext::TlsContext(const Trunk& trunk)
    : serverName_(trunk.serverName.empty() ? trunk.addresses.front().host : trunk.serverName) {
  struct tls* made = nullptr;
  const char* certificate = trunk.certificateFile.empty() ? nullptr : trunk.certificateFile.c_str();
  check(tls_alloc(&made, TLS_METHOD_SSLV23, certificate, nullptr) == 0, trunk,
        certificate == nullptr ? "does not start"
                               : trunk.certificateFile + " holds no certificate with its key (PEM)");
  context_.reset(made);
  SSL_CTX* context = tls_openssl_context(made);
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  if (trunk.caFile.empty())
    SSL_CTX_set_default_verify_paths(context);
  else
    check(tls_add_ca(made, trunk.caFile.c_str()) == 0, trunk, trunk.caFile + " holds no certificates (PEM)");
  SSL_CTX_set_ex_data(context, ownIndex(), this);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, verified);
  X509_VERIFY_PARAM* name = SSL_CTX_get0_param(context);
  const bool set = ipOf(serverName_).isSet() ? X509_VERIFY_PARAM_set1_ip_asc(name, serverName_.c_str()) == 1
                                             : X509_VERIFY_PARAM_set1_host(name, serverName_.c_str(), 0) == 1;
  check(set, trunk, "no name to check");
  SSL_CTX_set_info_callback(context, started);
}

// libre makes the connection: the name that it asks for is set as the handshake begins.
void TlsContext::started(const SSL* connection, int where, int /*value*/) {
  if ((where & SSL_CB_HANDSHAKE_START) == 0 || SSL_is_server(connection) != 0) return;
  const std::string& name = ownOf(connection).serverName_;
  if (!ipOf(name).isSet()) SSL_set_tlsext_host_name(const_cast<SSL*>(connection), name.c_str());
}

int TlsContext::verified(int good, X509_STORE_CTX* store) {
  if (good == 1) return good;
  const auto* connection =
      static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  TlsContext& own = ownOf(connection);
  const std::lock_guard lock(own.mutex_);
  own.lastFault_ = X509_verify_cert_error_string(X509_STORE_CTX_get_error(store));
  return good;
}

}  // namespace board::sip
