// The call progress detector: 20 ms frames in, observations and one verdict with its evidence out.
//
// Settings are shared by any number of channels; a Detector is the state of one channel, a plain value of
// fixed size. process() allocates nothing, locks nothing, calls nobody back.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "cpd/tone_plan.h"
#include "cpd/types.h"
#include "cpd/voice_net.h"

namespace cpd {

struct Settings {
  TonePlan plan;  // see tone_plan.h: findTonePlan("US")
  Mode mode = Mode::kAccurateAmDetection;
  int32_t cpdTimeoutMs = 4500;  // latest verdict, from answer
  bool inferAnswer = false;     // the trunk does not signal answer: it is inferred from the audio
  float maxHumanLoss = 0;       // largest share of people that may be taken for machines, 0.001 to 0.1;
                                // 0: that of the mode
  float scoreOffset = 0;        // log odds of a machine added to the model's own: what a calibration found
};

// What maxHumanLoss may be.
inline constexpr float kLeastHumanLoss = 0.001f, kMostHumanLoss = 0.1f;
inline constexpr bool isHumanLoss(float share) {
  return share == 0 || (share >= kLeastHumanLoss && share <= kMostHumanLoss);
}

struct Score {
  const char* name;
  float value;
};

struct Evidence {
  const char* rule = "";
  float confidence = 0;
  Verdict verdict = Verdict::kNone;
  SitCategory sit = SitCategory::kNone;
  int32_t decidedMs = kNever;
  int32_t answerMs = kNever;
  int32_t speechStartMs = kNever;
  int32_t greetingEndMs = kNever;
  int32_t beepMs = kNever;
  std::span<const Segment> segments;  // valid until the next process()
  std::span<const Score> scores;
};

struct FrontEndInput;
struct FrontEndFrame;

enum class StartAt : uint8_t { kDial, kAnswer };

class Detector {
 public:
  Detector();
  ~Detector();
  Detector(Detector&&) noexcept;
  Detector& operator=(Detector&&) noexcept;

  // Begins a call. Forgets everything before it.
  void start(std::shared_ptr<const Settings> settings, StartAt at);

  // The network signalled answer, before the next frame. Deadlines count from here.
  void answered();

  // The leg was transferred, or somebody else is on the line now: forgets the verdict and what led to it, and
  // decides once more, with deadlines counted from here. The media clock, the timeline and the level of
  // the line's noise stay. Nothing before answer.
  void rearm();

  // Hears one frame of kFrameSamples samples (16 bit linear, 0 dBm0 = 3.14 dB below full-scale sine) and
  // returns what it learnt from it, in order; the span is valid until the next call. `samples` is ignored for
  // a lost frame.
  std::span<const Observation> process(const int16_t* samples, FrameKind kind = FrameKind::kAudio);

  // The halves of process(), between which a front end measures input() for many channels at once; see
  // detector_bank.h. take() is false for a lost frame: then there is nothing to measure, and hear() gets
  // nullptr.
  bool take(const int16_t* samples, FrameKind kind);
  const FrontEndInput& input() const;
  void prefetch(int step) const;  // ahead of take(), with 0, 1 and 2, some time apart
  // Between the front end and hear(): what the voice network takes in, nullptr where it has nothing to do in
  // this frame, and the memory it takes it into.
  const VoiceInput* voiceInput(const FrontEndFrame& measured);
  VoiceMemory& voiceMemory();
  std::span<const Observation> hear(const FrontEndFrame* measured);

  // The audio ended (end of a file, or the far end released): decides with what there is if nothing was
  // decided.
  std::span<const Observation> finish();

  // Media time heard so far, in ms.
  int32_t nowMs() const;

  const Evidence& evidence() const;

  // Memory of one channel in bytes, all of it but the segments that evidence() shows.
  static std::size_t stateBytes();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cpd
