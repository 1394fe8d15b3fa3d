#include "cpd/voice/pattern/read_out.h"

#include <algorithm>
#include <cmath>

namespace cpd {
namespace {

// Of 160 mailboxes that read digits with pauses of 0.12 to 0.8 s half are told by this, nearly all whose words are found
// one by one; of 300 people who say two to five words with pauses, half of them one word again, two are alike, and one of
// 1,440 people who answer otherwise.
constexpr int kWords = 4;
constexpr int kLongestWord = 45;                       // frames
constexpr int kShortestPause = 8, kLongestPause = 50;  // frames
constexpr int kEven = 4;                               // frames from the shortest pause to the longest
constexpr float kDifferentDb = 5;                      // mean distance of one word from the next
constexpr float kNotAgainDb = 4;                       // and from the one after that, of one word at least
constexpr float kAsLoudDb = 8;                         // no word is softer than who speaks by more
constexpr int kNear = 3;                               // frames by which the beginnings may be found apart
constexpr int kRange = 60;  // half dB: softer than the loudest by more counts as so soft

float loudestDbm0(const VoiceHistory& history, const FrameRun& word) {
  float loudest = -90;
  for (int i = word.start; i < word.end; ++i) loudest = std::max(loudest, history.at(i).levelDbm0());
  return loudest;
}

// Mean difference of the bands, in half dB, when the second one begins `shift` frames later than it was found.
float distance(const VoiceHistory& history, const VoiceActivity& activity, const FrameRun& a,
               const FrameRun& b, int shift, int least) {
  const int from = std::max(0, activity.first - b.start - shift);
  const int to = std::min({a.end - a.start, b.end - b.start, activity.last - b.start - shift});
  if (to <= from) return 0;
  float gain = 0, sum = 0;
  for (int i = from; i < to; ++i)
    gain += static_cast<float>(history.at(b.start + shift + i).level - history.at(a.start + i).level);
  gain /= static_cast<float>(to - from);
  for (int i = from; i < to; ++i) {
    const auto& one = history.bandsAt(a.start + i);
    const auto& other = history.bandsAt(b.start + shift + i);
    for (size_t k = 0; k < one.size(); ++k)
      sum +=
          std::abs(static_cast<float>(std::max<int>(other[k], least) - std::max<int>(one[k], least)) - gain);
  }
  return sum / static_cast<float>(kVoiceBands * (to - from));
}

float distanceDb(const VoiceHistory& history, const VoiceActivity& activity, const FrameRun& a,
                 const FrameRun& b) {
  const int least = std::max(0, static_cast<int>((activity.peakDbm0 + 90) * 2) - kRange);
  float nearest = 1000;
  for (int shift = -kNear; shift <= kNear; ++shift)
    nearest = std::min(nearest, distance(history, activity, a, b, shift, least));
  return nearest / 2;
}

}  // namespace

bool isReadOut(const VoiceHistory& history, const VoiceActivity& activity, float speakerDbm0) {
  if (activity.runs < kWords) return false;
  const FrameRun* const word = &activity.run[activity.runs - kWords];
  int shortest = kLongestPause, longest = 0;
  for (int i = 0; i < kWords; ++i) {
    if (word[i].end - word[i].start > kLongestWord) return false;
    if (i == 0) continue;
    shortest = std::min(shortest, word[i].start - word[i - 1].end);
    longest = std::max(longest, word[i].start - word[i - 1].end);
  }
  if (shortest < kShortestPause || longest > kLongestPause || longest - shortest > kEven) return false;
  const float leastDbm0 = std::max(speakerDbm0, activity.peakDbm0) - kAsLoudDb;
  if (std::any_of(word, word + kWords,
                  [&](const FrameRun& each) { return loudestDbm0(history, each) < leastDbm0; }))
    return false;
  float sum = 0, again = 0;
  for (int i = 1; i < kWords; ++i) sum += distanceDb(history, activity, word[i - 1], word[i]);
  if (sum < kDifferentDb * (kWords - 1)) return false;
  // Words that alternate are a phrase said again; a digit alone may come again.
  for (int i = 2; i < kWords; ++i)
    again = std::max(again, distanceDb(history, activity, word[i - 2], word[i]));
  return again >= kNotAgainDb;
}

int pauseBetweenWords(const VoiceActivity& activity) {
  for (int i = 0; i < activity.runs; ++i)
    if (activity.run[i].end - activity.run[i].start > kLongestWord) return 0;
  if (activity.runs < 2) return 0;
  const int pause = activity.run[activity.runs - 1].start - activity.run[activity.runs - 2].end;
  return pause <= kLongestPause ? pause : 0;
}

}  // namespace cpd
