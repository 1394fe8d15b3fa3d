// Tones known without the cadence of a plan: fax, modem, SIT, DTMF, text telephone.
#include <algorithm>
#include <cmath>

#include "cpd/tones/sit.h"
#include "cpd/tones/tone_receiver_state.h"

namespace cpd {

namespace {

constexpr float kAnswerHz = 2100, kAnswerToleranceHz = 20;
constexpr float kModemLowHz = 2190, kModemHighHz = 2275;  // Bell 2225, unscrambled ones of V.22 2250
constexpr int32_t kAnswerToneMs = 420;
constexpr float kAnswerSpreadDb = 6;       // an answer tone holds its level, where a note dies away ...
constexpr int32_t kSurelyAnswerMs = 1200;  // ... before it has lasted so long
constexpr float kV8LowHz = 13, kV8HighHz = 17, kV8LowDepth = 0.2f, kV8HighDepth = 0.75f;
constexpr float kCngHz = 1100, kCngToleranceHz = 38;
constexpr float kV22HighHz = 2850, kV22HighToleranceHz = 40;  // sounds with the 2250 Hz
constexpr int32_t kCngLowMs = 425, kCngHighMs = 580, kCngGapLowMs = 2500, kCngGapHighMs = 3500;
constexpr float kCarrierHz = 1650, kCarrierToleranceHz = 15;  // V.21 answering modem, marks
constexpr int32_t kCarrierMs = 1600;
constexpr int32_t kSitGapMs = 90, kSitLongestMs = 450;
constexpr float kSitAtOnce[3] = {950, 1400, 1800};
constexpr float kSitAtOnceHz = 55;
constexpr int32_t kSitAtOnceMs = 180;
constexpr float kSitAtOncePurity = 0.85f, kSitAtOnceDriftHz = 12, kSitAtOnceSpreadDb = 4;

}  // namespace

// Tones that need not end to be known.
void ToneReceiver::State::nameOpen(const ToneSegment& segment) {
  ToneBurst& burst = bursts[burstCount - 1];
  copyWithoutOvertones(segment.hz, burst.hz);
  burst.dbm0 = segment.dbm0;
  burst.modHz = segment.modHz;
  const int32_t age = segmenter.nowMs() - segment.startMs;
  segmentNamed = segmentNamed || keypad.digit() != 0;
  const auto [low, high] = std::minmax(burst.hz[0], burst.hz[1]);
  const bool v22 = burst.hz[2] == 0 && low >= kModemLowHz && low <= kModemHighHz &&
                   std::abs(high - kV22HighHz) <= kV22HighToleranceHz;
  const bool single = burst.hz[0] > 0 && burst.hz[1] == 0;
  const bool holds = segment.levelSpreadDb <= kAnswerSpreadDb || age >= kSurelyAnswerMs;
  if (!segmentNamed && (single || v22) && segment.purity >= 0.8f && holds && age >= kAnswerToneMs) {
    const float hz = v22 ? low : segment.hz[0];
    if (std::abs(hz - kAnswerHz) <= kAnswerToleranceHz) {
      const bool v8 = segment.modHz >= kV8LowHz && segment.modHz <= kV8HighHz &&
                      segment.modDepth >= kV8LowDepth && segment.modDepth <= kV8HighDepth;
      segmentNamed = true;
      tell(v8 ? ToneId::kAnsam : ToneId::kFaxCed, segment, 0.9f);
    } else if (hz >= kModemLowHz && hz <= kModemHighHz) {
      segmentNamed = true;
      tell(ToneId::kModem, segment, 0.85f);
    } else if (std::abs(hz - kCarrierHz) <= kCarrierToleranceHz && age >= kCarrierMs) {
      segmentNamed = true;
      tell(ToneId::kModem, segment, 0.7f);
    }
  }
  const bool chord = segment.hz[2] > 0 && segment.purity >= kSitAtOncePurity &&
                     segment.driftHz <= kSitAtOnceDriftHz && segment.levelSpreadDb <= kSitAtOnceSpreadDb;
  if (!segmentNamed && chord && age >= kSitAtOnceMs) {
    float hz[3] = {segment.hz[0], segment.hz[1], segment.hz[2]};
    std::sort(hz, hz + 3);
    bool fits = true;
    for (int i = 0; i < 3; ++i) fits = fits && std::abs(hz[i] - kSitAtOnce[i]) <= kSitAtOnceHz;
    if (fits) {
      segmentNamed = true;
      tell(ToneId::kSit, segment, 0.8f).sit = SitCategory::kITU;
    }
  }
  nameSit(true);
  if (active == ToneId::kNone) nameModulated(segment);
  nameContinuous(segment);
}

// Tones known by one whole burst.
void ToneReceiver::State::nameEnded(const ToneSegment& segment) {
  const int32_t ms = segment.endMs - segment.startMs;
  const bool cng = bursts[burstCount - 1].hz[1] == 0 && std::abs(segment.hz[0] - kCngHz) <= kCngToleranceHz &&
                   ms >= kCngLowMs && ms <= kCngHighMs && segment.modHz == 0;
  if (!cng) return;
  const int32_t gap = cngEndMs == kNever ? 0 : segment.startMs - cngEndMs;
  cngBursts = gap >= kCngGapLowMs && gap <= kCngGapHighMs ? cngBursts + 1 : 1;
  cngEndMs = segment.endMs;
  ToneEvent& event = tell(ToneId::kFaxCng, segment, cngBursts > 1 ? 0.95f : 0.5f);
  if (cngBursts > 1) event.kind = ToneEventKind::kConfirmed;
}

// After the third of three rising tones, or while it lasts longer than it may.
void ToneReceiver::State::nameSit(bool lasting) {
  if (burstCount < 2 || segmentNamed) return;
  const int32_t now = segmenter.nowMs();
  const ToneBurst& third = bursts[burstCount - 1];
  const ToneBurst& second = bursts[burstCount - 2];
  if (lasting && !audioEnded && now - third.startMs < kSitLongestMs) return;
  const auto fits = [](const ToneBurst& a, const ToneBurst& b) { return b.startMs - a.endMs <= kSitGapMs; };
  const auto segmentOf = [now](const ToneBurst& burst) {
    return SitSegment{burst.hz[1] == 0 ? burst.hz[0] : -1, burst.lasted(now), burst.clipped};
  };
  if (!fits(second, third)) return;
  SitSegment first;
  const ToneBurst* start = &second;
  if (burstCount >= 3 && fits(bursts[burstCount - 3], second)) {
    start = &bursts[burstCount - 3];
    first = segmentOf(*start);
  }
  SitSegment last = segmentOf(third);
  last.clipped = lasting;
  last.ms = std::min(last.ms, kSitLongestMs);
  const SitMatch match = classifySit(first, segmentOf(second), last);
  if (match.category == SitCategory::kNone) return;
  segmentNamed = true;
  ToneEvent& event = push(ToneEventKind::kRecognised);
  event.tone = ToneId::kSit;
  event.sit = match.category;
  event.confidence = match.confidence;
  event.hz[0] = first.hz;
  event.hz[1] = second.hz[0];
  event.hz[2] = third.hz[0];
  event.startMs = start->startMs;
  event.endMs = third.endMs;
  event.decidedMs = now;
}

void ToneReceiver::State::nameKey(const KeypadLines& lines) {
  if (!keypad.push(lines, segmenter.nowMs())) return;
  ToneEvent& event = push(ToneEventKind::kRecognised);
  event.tone = ToneId::kDtmf;
  event.digit = keypad.digit();
  event.confidence = 0.95f;
  event.hz[0] = keypad.rowHz();
  event.hz[1] = keypad.columnHz();
  event.startMs = keypad.startMs();
  event.decidedMs = segmenter.nowMs();
}

void ToneReceiver::State::nameKeying(const FrontEndFrame& measured) {
  const int32_t now = segmenter.nowMs();
  const float total = segmenter.frame().dbm0 > kToneFloorDbm0 ? segmenter.frame().power : 0;
  v21.push(segmenter.history(), measured.v21Power, total, now);
  baudot.push(segmenter.history(), measured.baudotPower, total, now);
  const auto tellOnce = [this](const auto& detector, bool& told, ToneId tone, float low, float high) {
    if (!detector.heard()) {
      told = false;
      return;
    }
    if (told) return;
    told = true;
    ToneSegment segment;
    segment.startMs = detector.startMs();
    segment.hz[0] = low;
    segment.hz[1] = high;
    segment.dbm0 = segmenter.frame().dbm0;
    tell(tone, segment, 0.95f);
  };
  tellOnce(v21, v21Told, ToneId::kFaxV21, kV21Flags.markHz, kV21Flags.spaceHz);
  tellOnce(baudot, baudotTold, ToneId::kTty, kBaudot.markHz, kBaudot.spaceHz);
}

}  // namespace cpd
