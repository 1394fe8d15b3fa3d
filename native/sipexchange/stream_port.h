// A TCP port of the stand-in's, on loopback, with TLS where it has a certificate. Nothing happens but within drain() and
// send().
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

struct ssl_ctx_st;

namespace sipexchange {

class StreamPort {
 public:
  // `certificate`: PEM with its key; empty: no TLS. Throws std::runtime_error.
  StreamPort(const std::string& address, uint16_t port, const std::string& certificate);
  ~StreamPort();
  StreamPort(const StreamPort&) = delete;
  StreamPort& operator=(const StreamPort&) = delete;

  struct Arrived {
    size_t connection;
    std::string message;
  };
  // Adds the messages that have arrived. True: something did, if only a part.
  bool drain(std::vector<Arrived>& messages);
  void send(size_t connection, const std::string& bytes);
  size_t connections() const { return connections_.size(); }

 private:
  struct Connection;

  bool read(Connection& connection);
  static std::optional<std::string> takeMessage(std::string& from);

  int fd_;
  ssl_ctx_st* context_ = nullptr;
  std::vector<std::unique_ptr<Connection>> connections_;  // in the order they came
};

// A certificate of this name (a host name or an IP address) that is its own authority, PEM with its key.
std::string makeCertificate(const std::string& name);

}  // namespace sipexchange
