// One frame for many channels at once: what a board calls once a tick. Much cheaper than one channel after
// the other, with the same result to the last bit, whoever is in the bank and in whatever order.
#pragma once

#include <span>

#include "cpd/detector.h"
#include "cpd/frontend/front_end.h"
#include "cpd/tones/tone_receiver.h"
#include "cpd/voice/voice_net.h"

namespace cpd {

struct BankChannel {
  Detector* detector = nullptr;
  const int16_t* samples = nullptr;  // kFrameSamples; ignored for a lost frame
  FrameKind kind = FrameKind::kAudio;
  std::span<const Observation> heard;  // as process() returns it
};

// Each detector at most once. Allocates nothing.
void hearTogether(std::span<BankChannel> channels, const FrontEnd& frontEnd = FrontEnd(),
                  const VoiceNet& voiceNet = VoiceNet());

// The same for tones alone.
struct ToneBankChannel {
  ToneReceiver* receiver = nullptr;
  const int16_t* samples = nullptr;
  FrameKind kind = FrameKind::kAudio;
  std::span<const ToneEvent> heard;
};
void hearTonesTogether(std::span<ToneBankChannel> channels, const FrontEnd& frontEnd = FrontEnd());

}  // namespace cpd
