#include "cpd/voice/pattern/main_voice.h"

#include <algorithm>

namespace cpd {
namespace {

constexpr int kWindow = 25;     // frames in which ...
constexpr int kLoudFrames = 4;  // ... so many are as loud: a syllable

}  // namespace

MainVoice::MainVoice(const VoiceHistory& history, const VoiceActivity& activity, float leastDbm0)
    : history_(history),
      activity_(activity),
      first_(activity.runs > 0 ? activity.run[0].start : activity.last) {
  // The greatest level that a syllable has.
  for (int bit = 128; bit > 0; bit /= 2) {
    int inWindow = 0;
    for (int i = first_; i < activity_.last; ++i) {
      inWindow += isAt(i, loudest_ + bit) - (i - kWindow >= first_ && isAt(i - kWindow, loudest_ + bit));
      if (inWindow < kLoudFrames) continue;
      loudest_ += bit;
      break;
    }
  }
  loudest_ = std::max(loudest_, static_cast<int>((leastDbm0 + 90) * 2));
}

bool MainVoice::isAt(int frame, int level) const {
  return activity_.activeAt(frame) && history_.at(frame).level >= level;
}

int MainVoice::levelBelowLoudest(float db) const { return loudest_ - static_cast<int>(2 * db); }

int MainVoice::end(float db) const {
  const int level = levelBelowLoudest(db);
  int inWindow = 0, last = first_;
  for (int i = activity_.last - 1; i >= first_; --i) {
    if (!isAt(i, level)) continue;
    // Counted from the last one back: a syllable has so many within the window.
    inWindow = 0;
    for (int k = i; k > i - kWindow && k >= first_; --k) inWindow += isAt(k, level);
    if (inWindow < kLoudFrames) continue;
    last = i + 1;
    break;
  }
  return last;
}

int MainVoice::framesWithoutPause(int pauseFrames, float db) const {
  const int level = levelBelowLoudest(db);
  int begin = -1, last = -1;
  for (int i = first_; i < activity_.last; ++i) {
    if (!isAt(i, level)) continue;
    if (begin < 0 || i - last >= pauseFrames) begin = i;
    last = i;
  }
  return begin < 0 ? 0 : last + 1 - begin;
}

}  // namespace cpd
