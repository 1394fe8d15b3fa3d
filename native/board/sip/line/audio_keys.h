// The keys that a far end presses where no telephone events were agreed on: by their tones (DTMF) in its sound, or by
// INFO. Whichever tells one first tells all of the call, so that none counts twice.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "cpd/tones/cadence/tone_set.h"
#include "cpd/tones/tone_receiver.h"

namespace board::sip {

class AudioKeys {
 public:
  // From now on tones are listened to. A voice is hardly ever one, but nobody needs to risk that before keys are asked for.
  void listen(const cpd::TonePlan& plan) {
    if (receiver_ || source_ == Source::kInfo) return;
    receiver_ = std::make_unique<cpd::ToneReceiver>();
    receiver_->start(cpd::makeToneSet(plan));
  }
  bool isListening() const { return receiver_ != nullptr; }

  void hear(const int16_t* samples, cpd::FrameKind kind, std::string& keys) {
    for (const cpd::ToneEvent& event : receiver_->process(samples, kind)) {
      if (event.kind != cpd::ToneEventKind::kRecognised || event.tone != cpd::ToneId::kDtmf) continue;
      source_ = Source::kAudio;
      keys += event.digit;
    }
  }

  void toldByInfo(char key, std::string& keys) {
    if (source_ == Source::kAudio) return;
    source_ = Source::kInfo;
    receiver_.reset();
    keys += key;
  }

 private:
  enum class Source : uint8_t { kNone, kAudio, kInfo };

  std::unique_ptr<cpd::ToneReceiver> receiver_;
  Source source_ = Source::kNone;
};

}  // namespace board::sip
