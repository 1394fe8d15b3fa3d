// The call progress detector: 20 ms frames in, observations and one verdict with its evidence out.
//
// Settings are shared by any number of channels; a Detector is the state of one channel, a plain value of
// fixed size. process() allocates nothing, locks nothing, calls nobody back.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "cpd/evidence.h"
#include "cpd/known/prints.h"
#include "cpd/settings.h"
#include "cpd/types.h"
#include "cpd/voice/voice_net.h"

namespace cpd {

struct DetectorState;
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

  // The last score before the verdict, which has its own; `atMs` is kNever where there is none.
  ScoreAt scored() const;

  // What was heard since answer from its first sound on, as it can become a known recording: nothing without a
  // library in the settings, nor where somebody else than a machine was heard. Valid until the next process().
  std::span<const known::Print> heardPrints() const;

  // Memory of one channel in bytes, all of it but the segments that evidence() shows and what is taken for known
  // recordings.
  static std::size_t stateBytes();
  // Taken from start() to the verdict, after a machine's to the next start(), where the settings have recordings.
  static std::size_t recordingBytes();

 private:
  std::unique_ptr<DetectorState> state_;
};

}  // namespace cpd
