// libre answers STUN requests of anybody at the ports of SIP: its stun_reply() is wrapped when the program is linked
// (--wrap), and says nothing.
#pragma once

#include <atomic>
#include <cstdint>

namespace board::sip {

// What is left without an answer on this thread from now on is counted there.
void countStunRequests(std::atomic<uint64_t>& counter);

}  // namespace board::sip
