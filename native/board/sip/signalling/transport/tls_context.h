// TLS towards one trunk: the peer shows a certificate of its name that a known authority has signed, or there is no
// connection.
#pragma once

#include <mutex>
#include <string>

#include "board/sip/config.h"
#include "board/sip/signalling/libre.h"

struct x509_store_ctx_st;
struct ssl_st;

namespace board::sip {

class TlsContext {
 public:
  // Throws OpenError: a file cannot be used.
  explicit TlsContext(const Trunk& trunk);
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  struct tls* get() const {
    return context_.get();
  }
  // Why the last certificate was not good enough; empty: none was shown that was not.
  std::string lastFault() const {
    const std::lock_guard lock(mutex_);
    return lastFault_;
  }

 private:
  static void started(const ssl_st* connection, int where, int value);
  static int verified(int good, x509_store_ctx_st* store);

  Ref<struct tls> context_;
  std::string serverName_;
  mutable std::mutex mutex_;
  std::string lastFault_;  // under it
};

}  // namespace board::sip
