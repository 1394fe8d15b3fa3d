#include "cpd/voice/pattern/repetition.h"

#include <algorithm>
#include <cmath>

namespace cpd {
namespace {

constexpr int kPauseFrames = 15;  // before an utterance
constexpr int kLeastFrames = 80;  // of speech to be compared: nobody is told by a word
constexpr int kMostFrames = 130;  // and no more
constexpr int kNear = 3;          // frames by which the beginnings may be found apart
constexpr int kElsewhere = 4;     // frames from there: another place
constexpr int kRange = 60;        // half dB: softer than the loudest parts by more counts as so soft
constexpr int kFirstFrames = 24;  // after so many it is known whether the rest is worth it
constexpr float kHopelessDb = 5;
// Of 87 announcements said twice, through GSM twice among them, nine of ten are within 1.6 dB; of 550 times that a
// person said the same word or something else, the nearest was 3.0 dB off. A tone, or music that stands, is as near to
// itself a few frames on.
constexpr float kSameDb = 2.1f, kChangesDb = 2.5f, kSharp = 1.6f;

struct Utterance {
  int start, end;
};

// After the last pause; empty without one.
Utterance latestOf(const VoiceActivity& activity, int& run) {
  for (run = activity.runs - 1; run > 0; --run)
    if (activity.run[run].start - activity.run[run - 1].end >= kPauseFrames)
      return {activity.run[run].start, activity.run[activity.runs - 1].end};
  return {0, 0};
}

// Mean difference of the bands of the utterance and of what was `lag` frames before it.
float distanceDb(const VoiceHistory& history, const VoiceActivity& activity, Utterance u, int lag,
                 int& frames) {
  const int least = std::max(0, static_cast<int>((activity.peakDbm0 + 90) * 2) - kRange);
  const int end = std::min(u.end, u.start + kMostFrames);
  int level = 0, n = 0;
  for (int f = u.start; f < end; ++f) {
    if (!activity.activeAt(f) || !activity.activeAt(f - lag)) continue;
    level += history.at(f).level - history.at(f - lag).level;
    ++n;
  }
  frames = 0;
  if (n < kFirstFrames) return 100;
  const float gain = static_cast<float>(level) / static_cast<float>(n);
  float sum = 0;
  for (int f = u.start; f < end; ++f) {
    if (!activity.activeAt(f) && !activity.activeAt(f - lag)) continue;
    const auto& now = history.bandsAt(f);
    const auto& then = history.bandsAt(f - lag);
    for (size_t b = 0; b < now.size(); ++b)
      sum +=
          std::abs(static_cast<float>(std::max<int>(now[b], least) - std::max<int>(then[b], least)) - gain);
    if (++frames == kFirstFrames && sum > 2 * kHopelessDb * kVoiceBands * kFirstFrames) return 100;
  }
  return sum / static_cast<float>(2 * kVoiceBands * frames);
}

}  // namespace

Repetition closestRepetition(const VoiceHistory& history, const VoiceActivity& activity) {
  Repetition best;
  int run = 0, bestLag = 0;
  const Utterance u = latestOf(activity, run);
  if (u.end - u.start < kLeastFrames) return best;
  for (int i = 0; i < run; ++i) {
    for (int near = -kNear; near <= kNear; ++near) {
      const int lag = u.start - activity.run[i].start + near;
      if (u.start - lag < activity.first || lag < kLeastFrames) continue;
      int frames = 0;
      const float distance = distanceDb(history, activity, u, lag, frames);
      if (distance >= best.distanceDb) continue;
      best.distanceDb = distance;
      best.frames = frames;
      bestLag = lag;
    }
  }
  if (best.frames < kLeastFrames) return best;
  best.elsewhereDb = 100;
  for (const int lag : {bestLag - kElsewhere, bestLag + kElsewhere}) {
    if (u.start - lag < activity.first) continue;
    int frames = 0;
    best.elsewhereDb = std::min(best.elsewhereDb, distanceDb(history, activity, u, lag, frames));
  }
  return best;
}

bool isSameRecording(const Repetition& r) {
  return r.frames >= kLeastFrames && r.distanceDb <= kSameDb &&
         r.elsewhereDb >= std::max(kChangesDb, kSharp * r.distanceDb);
}

}  // namespace cpd
