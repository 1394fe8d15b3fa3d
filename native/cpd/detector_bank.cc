#include "cpd/detector_bank.h"

#include <algorithm>

namespace cpd {
namespace {

constexpr size_t kAtOnce = FrontEnd::kMostChannels;
// Channels ahead of the one that hears, for each step of the prefetch; the last is the next part's.
constexpr size_t kAhead[] = {kAtOnce + 24, kAtOnce + 12, kAtOnce};

Detector& listenerOf(const BankChannel& channel) { return *channel.detector; }
ToneReceiver& listenerOf(const ToneBankChannel& channel) { return *channel.receiver; }
constexpr int firstStepOf(const BankChannel*) { return 0; }
constexpr int firstStepOf(const ToneBankChannel*) { return 1; }  // one object less

template <typename Channel>
void prefetchFrom(std::span<Channel> channels, size_t at) {
  constexpr int kFirst = firstStepOf(static_cast<Channel*>(nullptr));
  for (int step = kFirst; step < 3; ++step) {
    const size_t ahead = at + kAhead[step];
    if (ahead < channels.size()) listenerOf(channels[ahead]).prefetch(step - kFirst);
  }
}

template <typename Channel>
void hearAll(std::span<Channel> channels, const FrontEnd& frontEnd, bool voice) {
  FrontEndFrame measured[kAtOnce];
  for (size_t first = 0; first < channels.size(); first += kAtOnce) {
    const auto part = channels.subspan(first, std::min(kAtOnce, channels.size() - first));
    const FrontEndInput* in[kAtOnce];
    FrontEndFrame* out[kAtOnce];
    size_t count = 0;
    for (Channel& channel : part) {
      if (!listenerOf(channel).take(channel.samples, channel.kind)) continue;
      in[count] = &listenerOf(channel).input();
      out[count] = &measured[count];
      ++count;
    }
    if (count > 0) frontEnd.measure({in, count}, {out, count}, voice);
    size_t next = 0;
    for (size_t i = 0; i < part.size(); ++i) {
      prefetchFrom(channels, first + i);
      const bool lost = part[i].kind == FrameKind::kLost;
      part[i].heard = listenerOf(part[i]).hear(lost ? nullptr : &measured[next++]);
    }
  }
}

}  // namespace

void hearTogether(std::span<BankChannel> channels, const FrontEnd& frontEnd) {
  hearAll(channels, frontEnd, true);
}

void hearTonesTogether(std::span<ToneBankChannel> channels, const FrontEnd& frontEnd) {
  hearAll(channels, frontEnd, false);
}

}  // namespace cpd
