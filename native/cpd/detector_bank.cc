#include "cpd/detector_bank.h"

#include <algorithm>

namespace cpd {

void hearTogether(std::span<BankChannel> channels, const FrontEnd& frontEnd) {
  FrontEndFrame measured[FrontEnd::kMostChannels];
  for (size_t first = 0; first < channels.size(); first += FrontEnd::kMostChannels) {
    const auto part =
        channels.subspan(first, std::min<size_t>(FrontEnd::kMostChannels, channels.size() - first));
    const FrontEndInput* in[FrontEnd::kMostChannels];
    FrontEndFrame* out[FrontEnd::kMostChannels];
    size_t count = 0;
    for (BankChannel& channel : part) {
      if (!channel.detector->take(channel.samples, channel.kind)) continue;
      in[count] = &channel.detector->input();
      out[count] = &measured[count];
      ++count;
    }
    if (count > 0) frontEnd.measure({in, count}, {out, count}, true);
    size_t next = 0;
    for (BankChannel& channel : part) {
      const bool lost = channel.kind == FrameKind::kLost;
      channel.heard = channel.detector->hear(lost ? nullptr : &measured[next++]);
    }
  }
}

}  // namespace cpd
