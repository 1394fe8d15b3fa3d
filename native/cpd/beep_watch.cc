#include "cpd/beep_watch.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace cpd {
namespace {

constexpr float kLowestHz = 345, kHighestHz = 2220;
constexpr int32_t kShortestMs = 60, kLongestMs = 2050;
constexpr float kMinPurity = 0.8f;
constexpr float kMaxDrift = 0.03f;      // of the frequency
constexpr float kMaxLevelSpreadDb = 9;  // decaying beeps included
constexpr float kMinDbm0 = -42;
constexpr int32_t kSettleMs = 80;      // after its end: nothing else follows at once
constexpr int32_t kNextBurstMs = 160;  // the tones of a double beep are no further apart
constexpr int32_t kRepeatMs = 760;     // a busy tone would have come again
constexpr float kSameHz = 0.03f;

bool near(float hz, float other) { return std::abs(hz - other) <= kSameHz * other; }

bool single(const ToneSegment& s) {
  return s.hz[0] >= kLowestHz && s.hz[0] <= kHighestHz && s.hz[1] == 0 && s.dbm0 >= kMinDbm0 &&
         s.purity >= kMinPurity && s.driftHz <= std::max(12.0f, kMaxDrift * s.hz[0]) && s.modDepth < 0.5f;
}

}  // namespace

void BeepWatch::start(const TonePlan& plan) {
  *this = BeepWatch();
  for (const Cadence* cadence :
       {&plan.dial, &plan.ringback, &plan.busy, &plan.congestion, &plan.numberUnobtainable}) {
    for (const ToneStep& step : cadence->steps) {
      const float hz = step.hz1;
      if (hz == 0 || step.hz2 != 0 || planTones_ == static_cast<int>(planHz_.size())) continue;
      if (std::none_of(planHz_.begin(), planHz_.begin() + planTones_, [hz](float p) { return near(p, hz); }))
        planHz_[planTones_++] = hz;
    }
  }
}

bool BeepWatch::couldBeProgressTone(float hz, bool speechBefore) const {
  for (int i = 0; i < planTones_; ++i)
    if (near(hz, planHz_[i])) return true;
  if (speechBefore) return hz > 395 && hz < 455;  // the progress tone of most countries
  return hz < 660 || near(hz, 1100) || near(hz, 2100) || near(hz, 950) || near(hz, 1400);
}

void BeepWatch::onTone(const ToneEvent& event) {
  switch (event.kind) {
    case ToneEventKind::kSegmentStart:
    case ToneEventKind::kSegmentEnd: {
      const bool ended = event.kind == ToneEventKind::kSegmentEnd;
      const ToneSegment& s = event.segment;
      open_ = !ended;
      const bool fits =
          single(s) && (!ended || (s.endMs - s.startMs >= kShortestMs && s.endMs - s.startMs <= kLongestMs &&
                                   s.levelSpreadDb <= kMaxLevelSpreadDb));
      if (candidate_.startMs == s.startMs) {
        if (!fits) forget();
      } else if (fits && candidate_.startMs != kNever && s.startMs - candidate_.endMs <= kNextBurstMs) {
        if (!ended) ++bursts_;
      } else if (fits) {
        candidate_ = {s.startMs, kNever, s.hz[0]};
        bursts_ = 1;
        spoilt_ = false;
      } else if (candidate_.startMs != kNever && s.startMs - candidate_.endMs <= kNextBurstMs) {
        spoilt_ = true;  // a chord or a long tone goes on from it
      }
      if (candidate_.startMs != kNever && fits) {
        sounding_ = !ended;
        if (ended) candidate_.endMs = s.endMs;
        if (bursts_ == 1) candidate_.hz = s.hz[0];
      }
      return;
    }
    case ToneEventKind::kRecognised:
    case ToneEventKind::kConfirmed:
      if (std::strcmp(event.tone, "dialtone") != 0) spoilt_ = candidate_.startMs != kNever;
      return;
    case ToneEventKind::kEnded:
      return;
  }
}

bool BeepWatch::poll(int32_t nowMs, int32_t speechEndMs, bool answered, Beep& found) {
  if (candidate_.startMs == kNever || open_) return false;
  if (candidate_.endMs == kNever) return false;
  const int32_t since = nowMs - candidate_.endMs;
  if (spoilt_ || !answered) {
    if (since > kSettleMs) forget();
    return false;
  }
  const bool speechBefore = speechEndMs != kNever && speechEndMs <= candidate_.startMs + 60;
  const bool wait = couldBeProgressTone(candidate_.hz, speechBefore) && bursts_ == 1;
  if (since < (wait ? kRepeatMs : kNextBurstMs)) return false;
  found = candidate_;
  lastBeepEndMs_ = candidate_.endMs;
  forget();
  return true;
}

}  // namespace cpd
