// Messages to the service manager, as sd_notify(3) sends them, without libsystemd.
#pragma once

#include <string>

namespace addon {

// Sends `state` ("READY=1", "WATCHDOG=1", ...) as one datagram to `socket`: a path, or @name for a socket in
// the abstract namespace. Returns the errno of what failed, 0 if nothing did.
int sendNotification(const std::string& socket, const std::string& state);

}  // namespace addon
