#include "board/dialogic/line/bus_slot.h"

#include <string>

namespace board::dialogic {

long slotOf(BoardContext& context, ChannelId channel, int device, const char* function,
            int (*get)(long, void*)) {
  BusSlot slot(-1);
  return context.called(channel, device, function, get(device, slot.info())) == -1 ? -1 : slot.slot();
}

bool listenOn(BoardContext& context, ChannelId channel, int device, const char* function,
              int (*listen)(long, void*), long slot) {
  BusSlot to(slot);
  return context.called(channel, device, function, listen(device, to.info()), std::to_string(slot)) != -1;
}

}  // namespace board::dialogic
