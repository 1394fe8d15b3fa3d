#include "cpd/tone_receiver.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "cpd/cadence_matcher.h"
#include "cpd/dtmf_listener.h"
#include "cpd/exact_math.h"
#include "cpd/fsk_listener.h"
#include "cpd/prefetch.h"
#include "cpd/sit.h"
#include "cpd/state_pool.h"
#include "cpd/tone_segmenter.h"

namespace cpd {

namespace {

constexpr int kMostEvents = 12;
constexpr int kMostBursts = 12;
constexpr float kBurstPurity = 0.74f, kBurstDriftHz = 40;  // worse ones are noise or speech, part of the gap
constexpr float kSurePurity = 0.95f;  // of that burst: loud speech before a tone does not make the tone noise
constexpr float kSofterDb =
    8;                        // a sound so much softer than the burst before it, and elsewhere, is noise too
constexpr int kGapDelay = 4;  // frames: what is heard before a burst is known belongs to the burst

constexpr float kAnswerHz = 2100, kAnswerToleranceHz = 20;
constexpr float kModemLowHz = 2190, kModemHighHz = 2275;  // Bell 2225, unscrambled ones of V.22 2250
constexpr int32_t kAnswerToneMs = 420;
constexpr float kAnswerSpreadDb = 6;       // an answer tone holds its level, where a note dies away ...
constexpr int32_t kSurelyAnswerMs = 1200;  // ... before it has lasted so long
constexpr float kV8LowHz = 13, kV8HighHz = 17, kV8LowDepth = 0.2f, kV8HighDepth = 0.75f;
constexpr float kCngHz = 1100, kCngToleranceHz = 38;
constexpr int32_t kCngLowMs = 425, kCngHighMs = 580, kCngGapLowMs = 2500, kCngGapHighMs = 3500;
constexpr float kCarrierHz = 1650, kCarrierToleranceHz = 15;  // V.21 answering modem, marks
constexpr int32_t kCarrierMs = 1600;
constexpr int32_t kSitGapMs = 90, kSitLongestMs = 450;
constexpr float kSitAtOnce[3] = {950, 1400, 1800};
constexpr float kSitAtOnceHz = 55;
constexpr int32_t kSitAtOnceMs = 180;
constexpr float kSitAtOncePurity = 0.85f, kSitAtOnceDriftHz = 12, kSitAtOnceSpreadDb = 4;

const char* nameOf(uint8_t name) {
  switch (name) {
    case kNameDial:
      return "dialtone";
    case kNameRingback:
      return "ringback";
    case kNameBusy:
      return "busy";
    case kNameCongestion:
      return "congestion";
    case kNameUnobtainable:
      return "number_unobtainable";
    case kNameInfo:
      return "sit";
    default:
      return nullptr;
  }
}

// The frequencies without the overtones of a distorted tone.
void copyWithoutOvertones(const float (&from)[3], float (&to)[3]) {
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

}  // namespace

struct ToneReceiver::State {
  static void* operator new(std::size_t) { return poolOf<State>().take(); }
  static void operator delete(void* state) { poolOf<State>().give(state); }

  // What every frame touches, side by side.
  std::shared_ptr<const ToneSet> set;
  FskListener v21{kV21Flags};
  FskListener baudot{kBaudot};
  bool v21Told = false, baudotTold = false;
  bool burstOpen = false;
  bool activeLasts = false;   // continuous: ends with its segment
  bool activeOwn = false;     // matched in the plan given
  bool audioEnded = false;    // the open segment is as long as the audio was, not as long as the tone
  bool segmentNamed = false;  // the open segment has been answered by itself (fax, DTMF ...)
  DtmfListener keypad;
  size_t eventCount = 0;
  size_t burstCount = 0;
  int32_t burstEndMs = kNever;             // of the newest burst, if that has ended
  int32_t burstGapMs = kNever;             // the longest gap after it in any cadence
  std::array<float, kGapDelay> waiting{};  // mean squares on their way into the gap
  int waitingCount = 0, gapFrames = 0;
  double gapSum = 0;
  const char* active = nullptr;  // the named tone that is on
  ToneSegmenter segmenter;

  float activeConfidence = 0;
  int32_t activeStartMs = kNever;
  int32_t activeGapMs = 0;
  int32_t activeHeardMs = 0;  // up to when it was heard
  int cngBursts = 0;
  int32_t cngEndMs = kNever;
  std::array<ToneBurst, kMostBursts> bursts{};  // oldest first
  std::array<ToneEvent, kMostEvents> events{};

  ToneEvent& push(ToneEventKind kind) {
    const size_t at = std::min(eventCount, events.size() - 1);
    eventCount = at + 1;
    events[at] = ToneEvent{};
    events[at].kind = kind;
    return events[at];
  }

  void tell(const char* tone, const ToneSegment& segment, float surety) {
    ToneEvent& event = push(ToneEventKind::kRecognised);
    event.tone = tone;
    event.segment = segment;
    std::copy(std::begin(segment.hz), std::end(segment.hz), std::begin(event.hz));
    event.confidence = surety;
    event.startMs = segment.startMs;
    event.endMs = segment.endMs;
    event.decidedMs = segmenter.nowMs();
  }

  float gapDbm0() const { return gapFrames == 0 ? -99.0f : toneDbm0(static_cast<float>(gapSum / gapFrames)); }

  void begin(const ToneSegment& segment);
  void end(const ToneSegment& segment);
  bool isNoise(const ToneSegment& segment) const;
  void listenToGap();
  void nameOpen(const ToneSegment& segment);
  void nameEnded(const ToneSegment& segment);
  void nameSit(bool lasting);
  void nameCadence();
  void nameContinuous(const ToneSegment& segment);
  void answer(const CadenceAnswer& found, bool lasts);
  void stopActive(int32_t endMs);
  void nameKey(const KeypadLines& lines);
  void nameKeying(const FrontEndFrame& measured);
};

void ToneReceiver::State::begin(const ToneSegment& segment) {
  ToneEvent& event = push(ToneEventKind::kSegmentStart);
  event.segment = segment;
  event.startMs = segment.startMs;
  if (burstCount == bursts.size()) {
    std::move(bursts.begin() + 1, bursts.end(), bursts.begin());
    --burstCount;
  }
  ToneBurst& burst = bursts[burstCount++];
  burst = ToneBurst{};
  burst.startMs = segment.startMs;
  burst.gapDbm0 = gapDbm0();
  burst.clipped = segmenter.openClipped();
  burstOpen = true;
  segmentNamed = false;
}

void ToneReceiver::State::end(const ToneSegment& segment) {
  ToneEvent& event = push(ToneEventKind::kSegmentEnd);
  event.segment = segment;
  event.startMs = segment.startMs;
  event.endMs = segment.endMs;
  ToneBurst& burst = bursts[burstCount - 1];
  burst.endMs = segment.endMs;
  burst.dbm0 = segment.dbm0;
  burst.modHz = segment.modHz;
  burst.purity = segment.purity;
  copyWithoutOvertones(segment.hz, burst.hz);
  burstOpen = false;
  waitingCount = 0;
  if (isNoise(segment)) {
    --burstCount;
  } else {
    set->recognise(burst);
    event.ownPlan = burst.ownTones.any();
    gapSum = 0;
    gapFrames = 0;
  }
  burstEndMs = burstCount == 0 ? kNever : bursts[burstCount - 1].endMs;
  burstGapMs = burstCount == 0 ? kNever : bursts[burstCount - 1].longestGapMs;
  if (active != nullptr && activeLasts) stopActive(segment.endMs);
  if (burstCount == 0 || bursts[burstCount - 1].startMs != segment.startMs) return;
  nameEnded(segment);
  nameSit(false);
  const CadenceAnswer found =
      matchModulated(*set, std::span(bursts).first(burstCount), segment, segmenter.nowMs());
  if (found.names != 0) answer(found, false);
  nameCadence();
}

bool ToneReceiver::State::isNoise(const ToneSegment& segment) const {
  if (segment.purity < kBurstPurity || segment.driftHz > kBurstDriftHz) return true;
  if (burstCount < 2) return false;
  const ToneBurst& before = bursts[burstCount - 2];
  return before.purity >= kSurePurity && segment.dbm0 < before.dbm0 - kSofterDb &&
         std::abs(segment.hz[0] - before.hz[0]) > 0.03f * before.hz[0];
}

// The level between bursts, without the edges.
void ToneReceiver::State::listenToGap() {
  if (burstOpen || burstCount == 0) return;
  if (segmenter.nowMs() - burstEndMs < kToneWindowMs) return;
  const float total = segmenter.frame().power;
  if (waitingCount < kGapDelay) {
    waiting[static_cast<size_t>(waitingCount++)] = total;
    return;
  }
  gapSum += waiting[0];
  ++gapFrames;
  std::move(waiting.begin() + 1, waiting.end(), waiting.begin());
  waiting[kGapDelay - 1] = total;
}

// Tones that need not end to be known.
void ToneReceiver::State::nameOpen(const ToneSegment& segment) {
  ToneBurst& burst = bursts[burstCount - 1];
  copyWithoutOvertones(segment.hz, burst.hz);
  burst.dbm0 = segment.dbm0;
  burst.modHz = segment.modHz;
  const int32_t age = segmenter.nowMs() - segment.startMs;
  segmentNamed = segmentNamed || keypad.digit() != 0;
  const bool single = burst.hz[0] > 0 && burst.hz[1] == 0;
  const bool holds = segment.levelSpreadDb <= kAnswerSpreadDb || age >= kSurelyAnswerMs;
  if (!segmentNamed && single && segment.purity >= 0.8f && holds && age >= kAnswerToneMs) {
    const float hz = segment.hz[0];
    if (std::abs(hz - kAnswerHz) <= kAnswerToleranceHz) {
      const bool v8 = segment.modHz >= kV8LowHz && segment.modHz <= kV8HighHz &&
                      segment.modDepth >= kV8LowDepth && segment.modDepth <= kV8HighDepth;
      segmentNamed = true;
      tell(v8 ? "ansam" : "fax_ced", segment, 0.9f);
    } else if (hz >= kModemLowHz && hz <= kModemHighHz) {
      segmentNamed = true;
      tell("modem", segment, 0.85f);
    } else if (std::abs(hz - kCarrierHz) <= kCarrierToleranceHz && age >= kCarrierMs) {
      segmentNamed = true;
      tell("modem", segment, 0.7f);
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
      tell("sit", segment, 0.8f);
      events[eventCount - 1].sit = SitCategory::kITU;
    }
  }
  nameSit(true);
  if (active == nullptr) {
    const CadenceAnswer found =
        matchModulated(*set, std::span(bursts).first(burstCount), segment, segmenter.nowMs());
    if (found.names != 0) answer(found, false);
  }
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
  tell("fax_cng", segment, cngBursts > 1 ? 0.95f : 0.5f);
  if (cngBursts > 1) events[eventCount - 1].kind = ToneEventKind::kConfirmed;
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
  event.tone = "sit";
  event.sit = match.category;
  event.confidence = match.confidence;
  event.hz[0] = first.hz;
  event.hz[1] = second.hz[0];
  event.hz[2] = third.hz[0];
  event.startMs = start->startMs;
  event.endMs = third.endMs;
  event.decidedMs = now;
}

void ToneReceiver::State::stopActive(int32_t endMs) {
  ToneEvent& event = push(ToneEventKind::kEnded);
  event.tone = active;
  event.startMs = activeStartMs;
  event.endMs = endMs;
  event.ownPlan = activeOwn;
  event.confidence = activeConfidence;
  event.decidedMs = segmenter.nowMs();
  active = nullptr;
}

void ToneReceiver::State::answer(const CadenceAnswer& found, bool lasts) {
  const char* const name = nameOf(found.names);
  if (active != nullptr && active != name && activeOwn && !found.own &&
      segmenter.nowMs() - activeHeardMs <= activeGapMs)
    return;
  activeHeardMs = burstOpen ? segmenter.nowMs() : bursts[burstCount - 1].endMs;
  if (active != nullptr && active != name) stopActive(std::min(activeHeardMs, found.startMs));
  const bool again = active != nullptr;
  if (again && found.confidence < activeConfidence + 0.07f) {
    activeGapMs = found.longestGapMs;
    return;
  }
  ToneEvent& event = push(again ? ToneEventKind::kConfirmed : ToneEventKind::kRecognised);
  if (!again) activeStartMs = found.startMs;
  active = name;
  activeLasts = lasts;
  activeOwn = found.own;
  activeConfidence = found.confidence;
  activeGapMs = found.longestGapMs;
  const ToneBurst& burst = bursts[burstCount - 1];
  event.tone = name;
  event.ambiguousWith =
      found.ambiguous == 0 ? nullptr : nameOf(static_cast<uint8_t>(found.ambiguous & -found.ambiguous));
  event.ownPlan = found.own;
  event.sit = found.names == kNameInfo ? SitCategory::kITU : SitCategory::kNone;
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
  if (active == nullptr || activeLasts) return;
  const ToneBurst& newest = bursts[burstCount - 1];
  const int32_t lastEnd =
      burstOpen ? (burstCount > 1 ? bursts[burstCount - 2].endMs : newest.startMs) : newest.endMs;
  if (!burstOpen && segmenter.nowMs() - newest.endMs > activeGapMs) stopActive(lastEnd);
}

void ToneReceiver::State::nameContinuous(const ToneSegment& segment) {
  if (active != nullptr && activeLasts) return;
  const CadenceAnswer found = matchContinuous(*set, segment, segmenter.nowMs());
  if (found.names != 0) answer(found, true);
}

void ToneReceiver::State::nameKey(const KeypadLines& lines) {
  if (!keypad.push(lines, segmenter.nowMs())) return;
  ToneEvent& event = push(ToneEventKind::kRecognised);
  event.tone = "dtmf";
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
  const auto tellOnce = [this](const FskListener& listener, bool& told, const char* tone, float low,
                               float high) {
    if (!listener.heard()) {
      told = false;
      return;
    }
    if (told) return;
    told = true;
    ToneSegment segment;
    segment.startMs = listener.startMs();
    segment.hz[0] = low;
    segment.hz[1] = high;
    segment.dbm0 = segmenter.frame().dbm0;
    tell(tone, segment, 0.95f);
  };
  tellOnce(v21, v21Told, "fax_v21", kV21Flags.markHz, kV21Flags.spaceHz);
  tellOnce(baudot, baudotTold, "tty", kBaudot.markHz, kBaudot.spaceHz);
}

// What a channel costs, promised in the header.
constexpr size_t kMostStateBytes = 8 * 1024;

ToneReceiver::ToneReceiver() : state_(std::make_unique<State>()) {
  static_assert(sizeof(State) <= kMostStateBytes);
  static const std::shared_ptr<const ToneSet> none = makeToneSet(TonePlan{}, {});
  state_->set = none;
}
ToneReceiver::~ToneReceiver() = default;
ToneReceiver::ToneReceiver(ToneReceiver&&) noexcept = default;
ToneReceiver& ToneReceiver::operator=(ToneReceiver&&) noexcept = default;

void ToneReceiver::start(std::shared_ptr<const ToneSet> set) {
  *state_ = State{};
  state_->set = std::move(set);
}

std::span<const ToneEvent> ToneReceiver::process(const int16_t* samples, FrameKind kind) {
  if (!take(samples, kind)) return hear(nullptr);
  FrontEndFrame measured;
  const FrontEndInput* const in = &input();
  FrontEndFrame* const out = &measured;
  FrontEnd().measure({&in, 1}, {&out, 1}, false);
  return hear(&measured);
}

bool ToneReceiver::take(const int16_t* samples, FrameKind kind) {
  return state_->segmenter.take(samples, kind);
}

void ToneReceiver::prefetch(int step) const {
  const State& s = *state_;
  if (step == 0) prefetchFromTo(&s, &s.segmenter);
  s.segmenter.prefetch(step);
  if (step != 0 && s.burstOpen) cpd::prefetch(&s.bursts[s.burstCount - 1], sizeof(ToneBurst));
}

const FrontEndInput& ToneReceiver::input() const { return state_->segmenter.input(); }

std::span<const ToneEvent> ToneReceiver::hear(const FrontEndFrame* measured) {
  State& state = *state_;
  state.eventCount = 0;
  if (measured != nullptr) state.segmenter.hear(*measured);
  if (state.segmenter.ended()) state.end(state.segmenter.last());
  if (state.segmenter.started()) state.begin(*state.segmenter.open());
  if (measured == nullptr) return {state.events.data(), state.eventCount};
  state.nameKey(measured->keypad);
  state.listenToGap();
  if (const ToneSegment* open = state.segmenter.open()) state.nameOpen(*open);
  // Between the edges of bursts a pattern can only be decided, or refuted, by how long this has lasted.
  if (state.segmenter.nowMs() % (3 * kFrameMs) == 0) state.nameCadence();
  state.nameKeying(*measured);
  return {state.events.data(), state.eventCount};
}

std::span<const ToneEvent> ToneReceiver::finish() {
  State& state = *state_;
  state.eventCount = 0;
  if (state.segmenter.open() == nullptr) return {};
  state.audioEnded = true;
  state.nameOpen(*state.segmenter.open());
  state.segmenter.close();
  ToneEvent& event = state.push(ToneEventKind::kSegmentEnd);
  event.segment = state.segmenter.last();
  event.startMs = event.segment.startMs;
  event.endMs = event.segment.endMs;
  return {state.events.data(), state.eventCount};
}

const ToneFrame& ToneReceiver::frame() const { return state_->segmenter.frame(); }
const ToneSegment* ToneReceiver::open() const { return state_->segmenter.open(); }
bool ToneReceiver::openIsOwn() const {
  return state_->burstOpen && state_->bursts[state_->burstCount - 1].ownTones.any();
}
bool ToneReceiver::mayBeOwn() const {
  const State& s = *state_;
  return s.burstCount > 0 && cpd::mayBeOwn(*s.set, std::span(s.bursts).first(s.burstCount), nowMs());
}
const char* ToneReceiver::active() const { return state_->active; }
std::size_t ToneReceiver::stateBytes() { return sizeof(State); }
int32_t ToneReceiver::nowMs() const { return state_->segmenter.nowMs(); }

}  // namespace cpd
