#include "board/dialogic/line/board_context.h"

#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

#include "board/dialogic/line/channel.h"
#include "board/dialogic/vendor/constants.h"

namespace board::dialogic {

BoardContext::BoardContext(Config c, std::function<double()> now)
    : config(std::move(c)),
      clock(std::move(now)),
      trace(static_cast<size_t>(config.traceEvents)),
      cpaLog(static_cast<size_t>(config.cpaDumps)) {}

const cpd::TonePlan* BoardContext::plan(const std::string& code) const {
  return findPlan(config.plans, code);
}

std::shared_ptr<const cpd::Settings> BoardContext::settings(const DialParameters& parameters,
                                                            int32_t cpdTimeoutMs, bool inferAnswer) {
  return settings_.of(*plan(parameters.plan), parameters, cpdTimeoutMs, inferAnswer);
}

int BoardContext::called(ChannelId channel, int device, const char* function, int result,
                         const std::string& argument) {
  std::string text = std::string(function) + "(" + argument + ")";
  if (result == -1) {
    ++counters.refusedCalls;
    if (device > 0 && !std::string_view(function).starts_with("gc_")) {
      const int error = api.ATDV_LASTERR(device);
      const char* why = api.ATDV_ERRMSGP(device);
      text += ": " + vendor::nameOf("EDX", error) + " " + (why == nullptr ? "" : why);
      if (error == vendor::EDX_SYSTEM) text += std::string(", ") + std::generic_category().message(errno);
    }
  }
  trace.add(now(), channel, device, Trace::Kind::kCall, std::move(text), result);
  return result;
}

GcInfo BoardContext::info(const ProbeBuffer& buffer) {
  if (!layoutSeen) {
    if (const vendor::GcLayout* found = layoutOf(buffer)) {
      layout = found;
      layoutSeen = true;
      trace.add(now(), 0, -1, Trace::Kind::kNote, std::string("layout of Global Call: ") + found->name);
    }
  }
  return readInfo(buffer, *layout, layoutSeen, widthSeen);
}

GcInfo BoardContext::gcError() {
  ProbeBuffer buffer;
  return api.gc_ErrorInfo(buffer.bytes) == -1 ? GcInfo{} : info(buffer);
}

GcInfo BoardContext::gcResult(void* metaevent) {
  ProbeBuffer buffer;
  return api.gc_ResultInfo(metaevent, buffer.bytes) == -1 ? GcInfo{} : info(buffer);
}

Channel* BoardContext::freeBridge() const {
  for (Channel* channel : bridges) {
    if (channel->state().state == LineState::kIdle && channel->phase() == Phase::kIdle) return channel;
  }
  return nullptr;
}

}  // namespace board::dialogic
