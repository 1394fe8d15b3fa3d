#include "sipexchange/stream_port.h"

#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <stdexcept>

#include "sipexchange/message.h"
#include "sipexchange/udp_port.h"

namespace sipexchange {
namespace {

constexpr long kDay = 24 * 60 * 60;

template <typename T, void (*kFree)(T*)>
struct Freer {
  void operator()(T* object) const { kFree(object); }
};
template <typename T, void (*kFree)(T*)>
using Owned = std::unique_ptr<T, Freer<T, kFree>>;

void freeBio(BIO* bio) { BIO_free(bio); }

std::string contentsOf(BIO* bio) {
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio, &data);
  return {data, static_cast<size_t>(length)};
}

void check(bool good, const char* what) {
  if (!good) throw std::runtime_error(std::string("the stand-in exchange: ") + what);
}

// Nothing waits for company: the test's clock is faster than the machine's.
void setOption(int fd, int option) {
  const int yes = 1;
  (void)::setsockopt(fd, IPPROTO_TCP, option, &yes, sizeof yes);
}

}  // namespace

struct StreamPort::Connection {
  int fd = -1;
  SSL* tls = nullptr;
  bool gone = false;
  std::string received;

  Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() {
    SSL_free(tls);
    if (fd >= 0) ::close(fd);
  }
};

StreamPort::StreamPort(const std::string& address, uint16_t port, const std::string& certificate)
    : fd_(::socket(addressOf(address, port).family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
  const Address at = addressOf(address, port);
  const int yes = 1;
  (void)::setsockopt(fd_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  check(fd_ >= 0 && ::bind(fd_, at.get(), at.length) == 0 && ::listen(fd_, 16) == 0,
        "its TCP port is not free");
  if (certificate.empty()) return;
  context_ = SSL_CTX_new(TLS_server_method());
  const Owned<BIO, freeBio> bio(BIO_new_mem_buf(certificate.data(), static_cast<int>(certificate.size())));
  const Owned<X509, X509_free> own(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  const Owned<EVP_PKEY, EVP_PKEY_free> key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
  check(SSL_CTX_use_certificate(context_, own.get()) == 1 && SSL_CTX_use_PrivateKey(context_, key.get()) == 1,
        "its certificate cannot be used");
}

StreamPort::~StreamPort() {
  connections_.clear();
  SSL_CTX_free(context_);
  if (fd_ >= 0) ::close(fd_);
}

bool StreamPort::drain(std::vector<Arrived>& messages) {
  bool some = false;
  for (int fd = 0; (fd = ::accept4(fd_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
    some = true;
    Connection& made = *connections_.emplace_back(std::make_unique<Connection>());
    made.fd = fd;
    setOption(fd, TCP_NODELAY);
    if (context_ == nullptr) continue;
    made.tls = SSL_new(context_);
    SSL_set_fd(made.tls, fd);
    SSL_set_accept_state(made.tls);
  }
  for (size_t i = 0; i < connections_.size(); ++i) {
    if (connections_[i]->gone) continue;
    some = read(*connections_[i]) || some;
    while (auto message = takeMessage(connections_[i]->received))
      messages.push_back({i, std::move(*message)});
  }
  return some;
}

bool StreamPort::read(Connection& connection) {
  std::array<char, 8192> buffer;
  bool some = false;
  // The other side holds back what follows a message until that is acknowledged.
  setOption(connection.fd, TCP_QUICKACK);
  for (;;) {
    const uint64_t before = connection.tls == nullptr ? 0 : BIO_number_read(SSL_get_rbio(connection.tls));
    const ssize_t read = connection.tls == nullptr
                             ? ::recv(connection.fd, buffer.data(), buffer.size(), 0)
                             : SSL_read(connection.tls, buffer.data(), static_cast<int>(buffer.size()));
    // A handshake moves on without a byte for us.
    some = some || (connection.tls != nullptr && BIO_number_read(SSL_get_rbio(connection.tls)) != before);
    if (read <= 0) {
      const bool waits = connection.tls == nullptr
                             ? read < 0 && errno == EAGAIN
                             : SSL_get_error(connection.tls, static_cast<int>(read)) == SSL_ERROR_WANT_READ;
      connection.gone = !waits;
      ERR_clear_error();
      return some;
    }
    some = true;
    setOption(connection.fd, TCP_QUICKACK);
    connection.received.append(buffer.data(), static_cast<size_t>(read));
  }
}

std::optional<std::string> StreamPort::takeMessage(std::string& from) {
  while (from.starts_with("\r\n")) from.erase(0, 2);
  const size_t end = from.find("\r\n\r\n");
  if (end == std::string::npos) return std::nullopt;
  const auto head = readMessage(from.substr(0, end + 4));
  const size_t length =
      end + 4 + (head ? std::strtoul(head->header("Content-Length").c_str(), nullptr, 10) : 0);
  if (from.size() < length) return std::nullopt;
  std::string message = from.substr(0, length);
  from.erase(0, length);
  return message;
}

void StreamPort::send(size_t connection, const std::string& bytes) {
  Connection& to = *connections_[connection];
  if (to.gone) return;
  if (to.tls != nullptr)
    (void)SSL_write(to.tls, bytes.data(), static_cast<int>(bytes.size()));
  else
    (void)::send(to.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

std::string makeCertificate(const std::string& name) {
  const Owned<EVP_PKEY, EVP_PKEY_free> key(EVP_EC_gen("P-256"));
  const Owned<X509, X509_free> made(X509_new());
  check(key && made, "no certificate can be made");
  X509_set_version(made.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), -kDay);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), kDay);
  X509_set_pubkey(made.get(), key.get());
  X509_NAME* subject = X509_get_subject_name(made.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("stand-in exchange"), -1, -1, 0);
  X509_set_issuer_name(made.get(), subject);
  const bool isIp =
      name.find(':') != std::string::npos || name.find_first_not_of("0123456789.") == std::string::npos;
  const std::string alternative = (isIp ? "IP:" : "DNS:") + name;
  const Owned<X509_EXTENSION, X509_EXTENSION_free> names(
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, alternative.c_str()));
  check(names && X509_add_ext(made.get(), names.get(), -1) == 1 &&
            X509_sign(made.get(), key.get(), EVP_sha256()) != 0,
        "no certificate can be made");
  const Owned<BIO, freeBio> bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), made.get());
  PEM_write_bio_PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return contentsOf(bio.get());
}

}  // namespace sipexchange
