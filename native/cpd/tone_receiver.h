// Hears the tones of telephone networks: what sounds now, each steady tone as a segment with its frequencies,
// and the named ones (ringback, busy, SIT, fax ...) by frequency and cadence.
//
// Frequencies are measured once per frame whatever the number of plans; cadences are compared only when a
// burst begins, ends, or has lasted as long as some pattern allows.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "cpd/tone_frame.h"
#include "cpd/tone_plan.h"
#include "cpd/types.h"

namespace cpd {

// A stretch of steady tone.
struct ToneSegment {
  int32_t startMs = kNever;  // edges to about 5 ms
  int32_t endMs = kNever;    // kNever while it lasts
  float hz[3] = {0, 0, 0};   // means, strongest first; 0 where there is none
  float dbm0 = -99;          // mean level of all lines together
  float purity = 0;          // mean
  float cleanPurity = 0;     // the same, the line's noise left aside
  float ownShare = 1;        // of its lines in the power of all: less where other tones sound with it
  float bestPurity = 0;      // of the frame that shows it best
  float bestClean = 0;       // and of that with the line's noise left aside
  float modHz = 0;           // rate of beat or modulation, 0 if the envelope is flat
  float modDepth = 0;  // of the power: 1 for a pair of equal tones, 1.3 for full modulation, 0.4 for ANSam
  float driftHz = 0;   // greatest distance from the mean of the strongest line
  float levelSpreadDb = 0;  // loudest to softest 20 ms inside, edges left out
  float riseMs = 0;         // from the edge to 1 dB below the mean: a beep 5 to 10, a vowel 20 and more
  float fallMs = 0;         // the same at the end
};

enum class ToneEventKind : uint8_t {
  kSegmentStart,  // a steady tone began (said about 60-80 ms after startMs): `segment`
  kSegmentEnd,    // it ended (said about 60 ms after endMs): `segment`
  kRecognised,    // a named tone: `tone`, startMs of its first burst, decidedMs; said once per stretch ...
  kConfirmed,     // ... and again when later bursts made it surer: `confidence` is higher
  kEnded,         // that tone stopped: startMs, endMs of the last burst
};

struct ToneEvent {
  ToneEventKind kind = ToneEventKind::kSegmentStart;
  ToneSegment segment{};
  const char* tone = nullptr;           // names as listed at Observation in types.h
  const char* ambiguousWith = nullptr;  // another name with the same sound
  bool ownPlan = false;  // matched in the plan given, not in another country's; of a segment: its frequencies
  SitCategory sit = SitCategory::kNone;
  char digit = 0;  // of "dtmf": '0' to '9', '*', '#', 'A' to 'D'
  float confidence = 0;
  float hz[3] = {0, 0, 0};
  int32_t startMs = kNever;
  int32_t endMs = kNever;
  int32_t decidedMs = kNever;
};

// Plans made ready for matching: one's own first, then all others as a union. Shared by all channels.
class ToneSet;
// The others are the built-in plans. The same set for the same plan, from whichever thread, while it is in
// use.
std::shared_ptr<const ToneSet> makeToneSet(const TonePlan& own);
std::shared_ptr<const ToneSet> makeToneSet(const TonePlan& own, std::span<const TonePlan> others);

struct FrontEndInput;
struct FrontEndFrame;

// State of one channel, about 8 KB. process() allocates nothing.
class ToneReceiver {
 public:
  ToneReceiver();
  ~ToneReceiver();
  ToneReceiver(ToneReceiver&&) noexcept;
  ToneReceiver& operator=(ToneReceiver&&) noexcept;

  // Begins at 0 ms; forgets everything before it.
  void start(std::shared_ptr<const ToneSet> set);

  // Hears one frame of kFrameSamples samples. `samples` is ignored for a lost frame. The span is valid until
  // the next call.
  std::span<const ToneEvent> process(const int16_t* samples, FrameKind kind = FrameKind::kAudio);

  // The halves of process(), between which a front end measures input() for many channels at once. take() is
  // false for a lost frame: then there is nothing to measure, and hear() gets nullptr.
  bool take(const int16_t* samples, FrameKind kind);
  const FrontEndInput& input() const;
  std::span<const ToneEvent> hear(const FrontEndFrame* measured);

  // Ahead of take(), first with step 0, then, some time later, with 1.
  void prefetch(int step) const;

  // The audio ended: closes an open segment and decides what can be decided.
  std::span<const ToneEvent> finish();

  // What sounds now.
  const ToneFrame& frame() const;

  // The tone segment that sounds now, or nullptr.
  const ToneSegment* open() const;

  // Whether the tone segment that sounds now has the frequencies of a tone of the plan given.
  bool openIsOwn() const;

  // Whether what sounds, or sounded last, may yet turn out to be a tone of the plan given: nothing in its
  // length and in the gap since contradicts.
  bool mayBeOwn() const;

  // The named tone that is on (between its bursts too), or nullptr.
  const char* active() const;

  int32_t nowMs() const;

  static std::size_t stateBytes();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cpd
