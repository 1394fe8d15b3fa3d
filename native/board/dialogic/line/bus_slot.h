// Time slots of the bus that the boards hear each other on.
#pragma once

#include "board/dialogic/line/board_context.h"
#include "board/dialogic/vendor/vendor_types.h"

namespace board::dialogic {

// The vendor's description of one slot, with room for either width of its structure.
class BusSlot {
 public:
  explicit BusSlot(long slot) : cell_{slot} {
    info()->sc_numts = 1;
    info()->sc_tsarrayp = cell_;
  }
  BusSlot(const BusSlot&) = delete;
  BusSlot& operator=(const BusSlot&) = delete;

  vendor::ScTsinfo* info() { return reinterpret_cast<vendor::ScTsinfo*>(buffer_); }
  long slot() const { return static_cast<int32_t>(cell_[0]); }

 private:
  long cell_[8];
  alignas(16) unsigned char buffer_[64] = {};
};

// The slot that a device sends on; -1: refused.
long slotOf(BoardContext& context, ChannelId channel, int device, const char* function,
            int (*get)(long, void*));
bool listenOn(BoardContext& context, ChannelId channel, int device, const char* function,
              int (*listen)(long, void*), long slot);

}  // namespace board::dialogic
