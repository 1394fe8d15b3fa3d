// What a tone receiver knows of one channel. Its parts: tone_receiver.cc (bursts and the gaps between them),
// single_tones.cc (fax, modem, SIT, DTMF, text telephone), network_tones.cc (the tones of the plans).
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <memory>

#include "cpd/simd/exact_math.h"
#include "cpd/simd/state_pool.h"
#include "cpd/tones/cadence/cadence_matcher.h"
#include "cpd/tones/dtmf_detector.h"
#include "cpd/tones/fsk_detector.h"
#include "cpd/tones/tone_receiver.h"
#include "cpd/tones/tone_segmenter.h"

namespace cpd {

inline constexpr int kMostBursts = 12;
inline constexpr int kGapDelay = 4;  // frames: what is heard before a burst is known belongs to the burst

// The frequencies without the overtones of a distorted tone.
inline void copyWithoutOvertones(const float (&from)[3], float (&to)[3]) {
  constexpr float kOvertoneTolerance = 0.012f;
  int kept = 0;
  for (const float hz : from) {
    const float multiple = hz / from[0];
    const float nearest = std::round(multiple);
    if (hz > 0 && (nearest < 1.5f || std::abs(multiple - nearest) > kOvertoneTolerance * nearest))
      to[kept++] = hz;
  }
  while (kept < 3) to[kept++] = 0;
}

struct ToneReceiver::State {
  static void* operator new(std::size_t) { return poolOf<State>().take(); }
  static void operator delete(void* state) { poolOf<State>().give(state); }

  // What every frame touches, side by side.
  std::shared_ptr<const ToneSet> set;
  FskDetector<kV21Flags> v21;
  FskDetector<kBaudot> baudot;
  bool v21Told = false, baudotTold = false;
  bool burstOpen = false;
  bool activeLasts = false;   // continuous: ends with its segment
  bool activeOwn = false;     // matched in the plan given
  bool audioEnded = false;    // the open segment is as long as the audio was, not as long as the tone
  bool segmentNamed = false;  // the open segment has been answered by itself (fax, DTMF ...)
  DtmfDetector keypad;
  size_t eventCount = 0;
  size_t burstCount = 0;
  int32_t burstEndMs = kNever;             // of the newest burst, if that has ended
  int32_t burstGapMs = kNever;             // the longest gap after it in any cadence
  std::array<float, kGapDelay> waiting{};  // mean squares on their way into the gap
  int waitingCount = 0, gapFrames = 0;
  double gapSum = 0;
  ToneId active = ToneId::kNone;  // the named tone that is on
  ToneSegmenter segmenter;

  float activeConfidence = 0;
  int32_t activeStartMs = kNever;
  int32_t activeGapMs = 0;
  int32_t activeHeardMs = 0;  // up to when it was heard
  int cngBursts = 0;
  int32_t cngEndMs = kNever;
  std::array<ToneBurst, kMostBursts> bursts{};      // oldest first
  std::array<ToneEvent, kMostEvents + 1> events{};  // one to spare

  ToneEvent& push(ToneEventKind kind) {
    const size_t at = eventCount;
    eventCount = std::min(at + 1, kMostEvents);
    events[at] = ToneEvent{};
    events[at].kind = kind;
    return events[at];
  }

  ToneEvent& tell(ToneId tone, const ToneSegment& segment, float surety) {
    ToneEvent& event = push(ToneEventKind::kRecognised);
    event.tone = tone;
    event.segment = segment;
    std::copy(std::begin(segment.hz), std::end(segment.hz), std::begin(event.hz));
    event.confidence = surety;
    event.startMs = segment.startMs;
    event.endMs = segment.endMs;
    event.decidedMs = segmenter.nowMs();
    return event;
  }

  float gapDbm0() const { return gapFrames == 0 ? -99.0f : toneDbm0(static_cast<float>(gapSum / gapFrames)); }

  // tone_receiver.cc
  void begin(const ToneSegment& segment);
  void end(const ToneSegment& segment);
  bool isNoise(const ToneSegment& segment) const;
  bool isKey(const ToneSegment& segment) const;
  void listenToGap();

  // single_tones.cc
  void nameOpen(const ToneSegment& segment);
  void nameEnded(const ToneSegment& segment);
  void nameSit(bool lasting);
  void nameKey(const KeypadLines& lines);
  void nameKeying(const FrontEndFrame& measured);

  // network_tones.cc
  void nameModulated(const ToneSegment& segment);
  void nameContinuous(const ToneSegment& segment);
  void nameCadence();
  void answer(const CadenceAnswer& found, bool lasts);
  void stopActive(int32_t endMs);
};

}  // namespace cpd
