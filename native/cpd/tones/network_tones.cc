// The tones of the plans: which of them is on, since when and until when.
#include <algorithm>

#include "cpd/tones/cadence/single_burst.h"
#include "cpd/tones/tone_receiver_state.h"

namespace cpd {

namespace {

ToneId toneOf(uint8_t planTone) {
  switch (planTone) {
    case kPlanDial:
      return ToneId::kDialtone;
    case kPlanRingback:
      return ToneId::kRingback;
    case kPlanBusy:
      return ToneId::kBusy;
    case kPlanCongestion:
      return ToneId::kCongestion;
    case kPlanUnobtainable:
      return ToneId::kNumberUnobtainable;
    case kPlanInfo:
      return ToneId::kSit;
    default:
      return ToneId::kNone;
  }
}

}  // namespace

void ToneReceiver::State::stopActive(int32_t endMs) {
  ToneEvent& event = push(ToneEventKind::kEnded);
  event.tone = active;
  event.startMs = activeStartMs;
  event.endMs = endMs;
  event.ownPlan = activeOwn;
  event.confidence = activeConfidence;
  event.decidedMs = segmenter.nowMs();
  active = ToneId::kNone;
}

void ToneReceiver::State::answer(const CadenceAnswer& found, bool lasts) {
  const ToneId tone = toneOf(found.names);
  if (active != ToneId::kNone && active != tone && activeOwn && !found.own &&
      segmenter.nowMs() - activeHeardMs <= activeGapMs)
    return;
  activeHeardMs = burstOpen ? segmenter.nowMs() : bursts[burstCount - 1].endMs;
  if (active != ToneId::kNone && active != tone) stopActive(std::min(activeHeardMs, found.startMs));
  const bool again = active != ToneId::kNone;
  if (again && found.confidence < activeConfidence + 0.07f) {
    activeGapMs = found.longestGapMs;
    return;
  }
  ToneEvent& event = push(again ? ToneEventKind::kConfirmed : ToneEventKind::kRecognised);
  if (!again) activeStartMs = found.startMs;
  active = tone;
  activeLasts = lasts;
  activeOwn = found.own;
  activeConfidence = found.confidence;
  activeGapMs = found.longestGapMs;
  const ToneBurst& burst = bursts[burstCount - 1];
  event.tone = tone;
  event.ambiguousWith = toneOf(static_cast<uint8_t>(found.ambiguous & -found.ambiguous));
  event.ownPlan = found.own;
  event.sit = found.names == kPlanInfo ? SitCategory::kITU : SitCategory::kNone;
  event.confidence = found.confidence;
  std::copy(std::begin(burst.hz), std::end(burst.hz), std::begin(event.hz));
  event.startMs = activeStartMs;
  event.decidedMs = segmenter.nowMs();
}

void ToneReceiver::State::nameCadence() {
  if (burstCount == 0) return;
  // A gap that is too long for any cadence is so until the next burst.
  if (burstOpen || segmenter.nowMs() - burstEndMs <= burstGapMs) {
    set->recognise(bursts[burstCount - 1]);  // those before it were when they ended
    const CadenceAnswer found =
        matchCadence(*set, std::span(bursts).first(burstCount), gapDbm0(), segmenter.nowMs());
    if (found.names != 0) {
      answer(found, false);
      return;
    }
  }
  if (active == ToneId::kNone || activeLasts) return;
  const ToneBurst& newest = bursts[burstCount - 1];
  const int32_t lastEnd =
      burstOpen ? (burstCount > 1 ? bursts[burstCount - 2].endMs : newest.startMs) : newest.endMs;
  if (!burstOpen && segmenter.nowMs() - newest.endMs > activeGapMs) stopActive(lastEnd);
}

// A beat or modulation that only the plan's ringback has.
void ToneReceiver::State::nameModulated(const ToneSegment& segment) {
  const CadenceAnswer found =
      matchModulated(*set, std::span(bursts).first(burstCount), segment, segmenter.nowMs());
  if (found.names != 0) answer(found, false);
}

void ToneReceiver::State::nameContinuous(const ToneSegment& segment) {
  if (active != ToneId::kNone && activeLasts) return;
  const CadenceAnswer found = matchContinuous(*set, segment, segmenter.nowMs());
  if (found.names != 0) answer(found, true);
}

}  // namespace cpd
