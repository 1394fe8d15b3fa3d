#include "board/dialogic/vendor/trace.h"

#include <algorithm>
#include <utility>

namespace board::dialogic {

void Trace::add(double at, ChannelId channel, int device, Kind kind, std::string text, int64_t result) {
  ring_[total_ % ring_.size()] = {at, channel, device, kind, std::move(text), result};
  ++total_;
}

std::string Trace::json(ChannelId channel) const {
  constexpr const char* kKinds[] = {"event", "call", "move", "note"};
  Json json;
  json.open('{').field("total", static_cast<int64_t>(total_)).key("entries").open('[');
  const uint64_t kept = std::min<uint64_t>(total_, ring_.size());
  for (uint64_t i = total_ - kept; i < total_; ++i) {
    const Entry& entry = ring_[i % ring_.size()];
    if (channel != 0 && entry.channel != channel) continue;
    json.open('{').field("at", entry.at).field("channel", entry.channel).field("device", entry.device);
    json.field("kind", kKinds[static_cast<int>(entry.kind)]).field("text", std::string_view(entry.text));
    if (entry.kind == Kind::kCall) json.field("result", entry.result);
    json.close('}');
  }
  return json.close(']').close('}').take();
}

}  // namespace board::dialogic
