#include "addon/sd_notify.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

namespace addon {

int sendNotification(const std::string& socket, const std::string& state) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  // A path needs its terminating zero in the address; an abstract name must not have one.
  const bool abstract = socket.starts_with('@');
  if (socket.size() + (abstract ? 0 : 1) > sizeof(address.sun_path)) return ENAMETOOLONG;
  std::memcpy(address.sun_path, socket.data(), socket.size());
  if (abstract) address.sun_path[0] = '\0';
  const auto length =
      static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket.size() + (abstract ? 0 : 1));

  const int handle = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (handle < 0) return errno;
  const ssize_t sent = ::sendto(handle, state.data(), state.size(), MSG_NOSIGNAL,
                                reinterpret_cast<const sockaddr*>(&address), length);
  const int failed = sent < 0 ? errno : 0;
  ::close(handle);
  return failed;
}

}  // namespace addon
