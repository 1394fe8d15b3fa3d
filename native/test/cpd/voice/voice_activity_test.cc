// The peak and the floor of a stretch of history, found sixteen frames at a time, against a plain search.
#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "cpd/voice/voice_activity.h"
#include "cpd/voice/voice_history.h"

namespace {

using cpd::HistoryFrame;

// Heard frames of a window: digital silence counts unless it is a short concealed loss.
std::vector<int> levelsHeard(const std::vector<HistoryFrame>& frames) {
  const auto digital = [&](size_t i) { return frames[i].is(HistoryFrame::kDigital); };
  std::vector<int> levels;
  for (size_t i = 0; i < frames.size(); ++i) {
    if (frames[i].is(HistoryFrame::kLost) || frames[i].is(HistoryFrame::kTone)) continue;
    if (digital(i)) {
      size_t first = i, last = i;
      while (first > 0 && digital(first - 1)) --first;
      while (last + 1 < frames.size() && digital(last + 1)) ++last;
      if (last - first < cpd::kMaxConcealedFrames && first > 0 && last + 1 < frames.size()) continue;
    }
    levels.push_back(frames[i].level);
  }
  return levels;
}

float peakOf(std::vector<int> levels) {
  std::sort(levels.rbegin(), levels.rend());
  return static_cast<float>(levels[levels.size() / 20]) / 2 - 90;
}

float floorOf(const std::vector<int>& levels, size_t frames) {
  float least = 100;
  for (size_t i = frames < 3 ? 0 : 2; i < levels.size(); ++i) {
    const int sum = frames < 3 ? 3 * levels[i] : levels[i] + levels[i - 1] + levels[i - 2];
    least = std::min(least, (static_cast<float>(sum) / 2 - 270) / 3);
  }
  return least;
}

}  // namespace

TEST_CASE("voice activity: peak and floor are those of a plain search, whatever was lost, silent or a tone") {
  std::mt19937 random(4);
  int compared = 0;
  for (int call = 0; call < 60; ++call) {
    cpd::VoiceHistory history;
    const int count = call < 6 ? call + 1 : static_cast<int>(random() % 900);
    const bool clean = call % 3 == 0;
    for (int i = 0; i < count; ++i) {
      cpd::FrameFeatures frame;
      frame.levelDbm0 = -80 + static_cast<float>(random() % 140) / 2;
      frame.voicing = static_cast<float>(random() % 100) / 100;
      frame.digitalSilence = !clean && (random() % 12 == 0 || (i / 9) % 7 == 0);
      if (!clean && random() % 15 == 0)
        history.pushLost();
      else
        history.push(frame, false);
      if (!clean && random() % 40 == 0) history.mark(HistoryFrame::kTone, i - 8, i);
    }
    const int from = count == 0 ? 0 : static_cast<int>(random() % static_cast<unsigned>(count));
    for (const int first : {from, 0}) {
      std::vector<HistoryFrame> frames;
      for (int i = std::max(first, history.oldest()); i < count; ++i) frames.push_back(history.at(i));
      cpd::VoiceActivity activity;
      findVoiceActivity(history, first, activity);
      const std::vector<int> heard = levelsHeard(frames);
      if (heard.empty()) continue;
      CAPTURE(call);
      CAPTURE(frames.size());
      CHECK(activity.peakDbm0 == peakOf(heard));
      CHECK(activity.floorDbm0 == std::min(peakOf(heard), floorOf(heard, frames.size())));
      ++compared;
    }
  }
  CHECK(compared > 80);
}
