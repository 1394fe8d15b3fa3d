#include "cpd/detector_bank.h"

#include <algorithm>
#include <memory>
#include <type_traits>

namespace cpd {
namespace {

constexpr size_t kAtOnce = FrontEnd::kMostChannels;
// Channels ahead of the one that hears, for each step of the prefetch; the last is the next part's.
constexpr size_t kAhead[] = {kAtOnce + 24, kAtOnce + 12, kAtOnce};
constexpr size_t kSampleBytes = kFrameSamples * sizeof(int16_t);

Detector& detectorOf(const BankChannel& channel) { return *channel.detector; }
ToneReceiver& detectorOf(const ToneBankChannel& channel) { return *channel.receiver; }
constexpr int firstStepOf(const BankChannel*) { return 0; }
constexpr int firstStepOf(const ToneBankChannel*) { return 1; }  // one object less

template <typename Channel>
void prefetchFrom(std::span<Channel> channels, size_t at) {
  constexpr int kFirst = firstStepOf(static_cast<Channel*>(nullptr));
  for (int step = kFirst; step < 3; ++step) {
    const size_t ahead = at + kAhead[step];
    if (ahead < channels.size()) detectorOf(channels[ahead]).prefetch(step - kFirst);
  }
  // Who filled the frames may have done so on another core.
  if (const size_t ahead = at + kAhead[2]; ahead < channels.size() && channels[ahead].samples != nullptr)
    prefetchToRead(channels[ahead].samples, kSampleBytes);
}

static_assert(VoiceNet::kMostChannels >= FrontEnd::kMostChannels);

// The voice networks of the channels that have something to do in this frame. `measured`: of those not lost.
void listenTogether(std::span<BankChannel> part, const FrontEndFrame* measured, const VoiceNet& voiceNet) {
  const VoiceInput* voices[kAtOnce];
  VoiceMemory* memories[kAtOnce];
  size_t count = 0;
  for (const BankChannel& channel : part) {
    if (channel.kind == FrameKind::kLost) continue;
    const VoiceInput* const voice = channel.detector->voiceInput(*measured++);
    if (voice == nullptr) continue;
    voices[count] = voice;
    memories[count++] = &channel.detector->voiceMemory();
  }
  if (count > 0) voiceNet.step({voices, count}, {memories, count});
}

// Room for as many frames as there are channels, at most kAtOnce: of no more, since to begin each costs time.
struct Frames {
  union {
    FrontEndFrame of[kAtOnce];
  };
  explicit Frames(size_t channels) {
    std::uninitialized_default_construct_n(of, std::min(kAtOnce, channels));
  }
  static_assert(std::is_trivially_destructible_v<FrontEndFrame>);
};

// Without a voice network for tones alone.
template <typename Channel>
void hearAll(std::span<Channel> channels, const FrontEnd& frontEnd, const VoiceNet* voiceNet) {
  constexpr bool kVoices = std::is_same_v<Channel, BankChannel>;
  Frames frames(channels.size());
  FrontEndFrame* const measured = frames.of;
  for (size_t first = 0; first < channels.size(); first += kAtOnce) {
    const auto part = channels.subspan(first, std::min(kAtOnce, channels.size() - first));
    const FrontEndInput* in[kAtOnce];
    FrontEndFrame* out[kAtOnce];
    size_t count = 0;
    for (Channel& channel : part) {
      if (!detectorOf(channel).take(channel.samples, channel.kind)) continue;
      in[count] = &detectorOf(channel).input();
      out[count] = &measured[count];
      ++count;
    }
    if (count > 0) frontEnd.measure({in, count}, {out, count}, kVoices);
    if constexpr (kVoices) listenTogether(part, measured, *voiceNet);
    size_t next = 0;
    for (size_t i = 0; i < part.size(); ++i) {
      prefetchFrom(channels, first + i);
      const bool lost = part[i].kind == FrameKind::kLost;
      part[i].heard = detectorOf(part[i]).hear(lost ? nullptr : &measured[next++]);
    }
  }
}

}  // namespace

void hearTogether(std::span<BankChannel> channels, const FrontEnd& frontEnd, const VoiceNet& voiceNet) {
  hearAll(channels, frontEnd, &voiceNet);
}

void hearTonesTogether(std::span<ToneBankChannel> channels, const FrontEnd& frontEnd) {
  hearAll(channels, frontEnd, nullptr);
}

}  // namespace cpd
