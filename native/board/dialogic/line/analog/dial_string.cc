#include "board/dialogic/line/analog/dial_string.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <stdexcept>

#include "board/dialogic/line/inventory.h"
#include "board/dialogic/vendor/constants.h"

namespace board::dialogic {
namespace {

constexpr double kDigitMs = 300;           // the slowest way of dialling a digit, pulse
constexpr int32_t kVendorPauseMs = 2'000;  // DXBD_PAUSETM where nobody changed it
constexpr int32_t kTickMs = 10;            // the vendor's unit

void set(BoardContext& context, const std::string& board, int handle, const char* field, const char* parm,
         int64_t id, std::optional<int32_t> ms) {
  if (!ms) return;
  const auto ticks = static_cast<uint16_t>(*ms / kTickMs);
  const int result = context.api.dx_setparm(handle, static_cast<unsigned long>(id), &ticks);
  if (context.called(0, handle, "dx_setparm", result, std::string(parm) + " " + std::to_string(ticks)) != -1)
    return;
  const std::string why = vendor::nameOf("EDX", context.api.ATDV_LASTERR(handle));
  context.called(0, handle, "dx_close", context.api.dx_close(handle), board);
  throw std::runtime_error(std::string(field) + ": " + board + " does not take " + std::to_string(*ms) +
                           " ms (dx_setparm " + parm + ": " + why + ")");
}

}  // namespace

void setDialTimes(BoardContext& context, const std::vector<SpanConfig>& spans) {
  const AnalogSettings& analog = context.config.analog;
  if (!analog.flashMs && !analog.pauseMs) return;
  const char* field = analog.flashMs ? "analog.flashMs" : "analog.pauseMs";
  if (context.api.dx_setparm == nullptr)
    throw std::runtime_error(std::string(field) + ": the voice library has no dx_setparm");
  std::set<std::string> boards;
  for (const SpanConfig& span : spans) {
    for (int i = 0; span.kind == TrunkKind::kAnalog && i < span.channels; ++i) {
      const std::string name = voiceName(span.voice, i);
      boards.insert(name.substr(0, name.rfind('C')));
    }
  }
  for (const std::string& board : boards) {
    const int handle = context.called(0, -1, "dx_open", context.api.dx_open(board.c_str(), 0), board);
    if (handle < 0)
      throw std::runtime_error(std::string(field) + ": the voice board " + board + " cannot be opened");
    set(context, board, handle, "analog.flashMs", "DXBD_FLASHTM", vendor::DXBD_FLASHTM, analog.flashMs);
    set(context, board, handle, "analog.pauseMs", "DXBD_PAUSETM", vendor::DXBD_PAUSETM, analog.pauseMs);
    context.called(0, handle, "dx_close", context.api.dx_close(handle), board);
  }
}

double longestDialMs(const AnalogSettings& analog, const std::string& digits) {
  const auto pauses = static_cast<double>(std::count(digits.begin(), digits.end(), ','));
  return kDigitMs * static_cast<double>(digits.size()) +
         std::max(kVendorPauseMs, analog.pauseMs.value_or(0)) * pauses;
}

}  // namespace board::dialogic
