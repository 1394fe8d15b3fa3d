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

#include "cpd/frontend/tone_frame.h"
#include "cpd/tones/plan/tone_plan.h"
#include "cpd/tones/tone_segment.h"
#include "cpd/types.h"

namespace cpd {

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
  ToneId tone = ToneId::kNone;
  ToneId ambiguousWith = ToneId::kNone;  // another tone with the same sound
  bool ownPlan = false;  // matched in the plan given, not in another country's; of a segment: its frequencies
  SitCategory sit = SitCategory::kNone;
  char digit = 0;  // of kDtmf: '0' to '9', '*', '#', 'A' to 'D'
  float confidence = 0;
  float hz[3] = {0, 0, 0};
  int32_t startMs = kNever;
  int32_t endMs = kNever;
  int32_t decidedMs = kNever;
};

class ToneSet;  // plans made ready for matching, shared by all channels: makeToneSet of cadence/tone_set.h
struct FrontEndInput;
struct FrontEndFrame;

// State of one channel, about 8 KB. process() allocates nothing.
class ToneReceiver {
 public:
  // Of one frame: the end and the start of a segment, and 9 of named tones. A choice, not a proven bound: one
  // more would be dropped, and overwrites nothing.
  static constexpr std::size_t kMostEvents = 11;

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

  // The key of a telephone (DTMF) that sounds now; 0: none.
  char key() const;

  // The named tone that is on (between its bursts too), or kNone.
  ToneId active() const;

  int32_t nowMs() const;

  static std::size_t stateBytes();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cpd
