#include "cpd/tones/tone_receiver.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "cpd/simd/prefetch.h"
#include "cpd/tones/tone_receiver_state.h"

namespace cpd {

namespace {

constexpr float kBurstPurity = 0.74f, kBurstDriftHz = 40;  // worse ones are noise or speech, part of the gap
constexpr float kSurePurity = 0.95f;  // of that burst: loud speech before a tone does not make the tone noise
// A sound so much softer than the burst before it, and elsewhere, is noise too.
constexpr float kSofterDb = 8;
constexpr int32_t kKeySlackMs = 40;  // a key may be found to begin so much before its segment

}  // namespace

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
  if (isNoise(segment) || isKey(segment)) {
    --burstCount;
  } else {
    set->recognise(burst);
    event.ownPlan = burst.ownTones.any();
    gapSum = 0;
    gapFrames = 0;
  }
  burstEndMs = burstCount == 0 ? kNever : bursts[burstCount - 1].endMs;
  burstGapMs = burstCount == 0 ? kNever : bursts[burstCount - 1].longestGapMs;
  if (active != ToneId::kNone && activeLasts) stopActive(segment.endMs);
  if (burstCount == 0 || bursts[burstCount - 1].startMs != segment.startMs) return;
  nameEnded(segment);
  nameSit(false);
  nameModulated(segment);
  nameCadence();
}

bool ToneReceiver::State::isNoise(const ToneSegment& segment) const {
  if (segment.purity < kBurstPurity || segment.driftHz > kBurstDriftHz) return true;
  if (burstCount < 2) return false;
  const ToneBurst& before = bursts[burstCount - 2];
  return before.purity >= kSurePurity && segment.dbm0 < before.dbm0 - kSofterDb &&
         std::abs(segment.hz[0] - before.hz[0]) > 0.03f * before.hz[0];
}

// A key of a telephone is no burst of a network's tone, nor is its level that of one.
bool ToneReceiver::State::isKey(const ToneSegment& segment) const {
  return keypad.startMs() != kNever && keypad.startMs() >= segment.startMs - kKeySlackMs &&
         keypad.startMs() < segment.endMs;
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
char ToneReceiver::key() const { return state_->keypad.digit(); }
ToneId ToneReceiver::active() const { return state_->active; }
std::size_t ToneReceiver::stateBytes() { return sizeof(State); }
int32_t ToneReceiver::nowMs() const { return state_->segmenter.nowMs(); }

}  // namespace cpd
