#include "cpd/voice_history.h"

#include <algorithm>
#include <cmath>

#include "cpd/prefetch.h"

namespace cpd {
namespace {

constexpr float kAboveFloorDb = 6;  // speech is at least so far above the noise around it
constexpr float kBelowPeakDb = 26;  // and no further below the loudest parts
constexpr float kPeakMarginDb = 7;  // what is this near the peak is speech even without a pause to see noise
constexpr float kQuietestDbm0 = -55;   // below this nobody speaks
constexpr float kMinRangeDb = 8;       // loudest to quietest: less is steady noise
constexpr float kRunAboveFloorDb = 9;  // the loudest frame of a run of speech
constexpr float kRunBelowPeakDb = 17;  // which is no further below the loudest of the call
constexpr float kAboveMurmurDb = 3;    // speech stands out of the louder parts of the background
constexpr float kMurmurBelowPeakDb = 10;
constexpr int kMurmurFrames = 8;
constexpr int kBlock = 10;       // frames per block of the local floor
constexpr int kFloorBlocks = 3;  // blocks looked at on either side
constexpr int kBlocks = kHistoryFrames / kBlock + 2;
constexpr int kMaxConcealed = 3;  // frames of digital silence that are a concealed loss
constexpr int kMinRun = 3;        // shorter activity that stands alone is a click
constexpr int kJoinGap = 7;       // frames of a gap inside a word
constexpr int kVoicedFrames = 2;  // a run of speech has at least so many voiced frames
constexpr float kVoiced = 0.5f;
constexpr float kSteadyShare = 0.88f;  // of a run: that much of it inside steady tones is no speech

uint8_t halfDb(float dbm0) { return static_cast<uint8_t>(std::clamp((dbm0 + 90) * 2, 0.0f, 255.0f)); }

// Lost, or a short burst of digital silence in the middle of something else.
bool unheard(const HistoryFrame* frames, int i, int n) {
  if (frames[i].is(HistoryFrame::kLost)) return true;
  if (!frames[i].is(HistoryFrame::kDigital)) return false;
  int start = i, end = i + 1;
  while (start > 0 && end - start <= kMaxConcealed && frames[start - 1].is(HistoryFrame::kDigital)) --start;
  while (end < n && end - start <= kMaxConcealed && frames[end].is(HistoryFrame::kDigital)) ++end;
  return end - start <= kMaxConcealed && start > 0 && end < n;
}

constexpr int kNoSum = 1140;  // of three levels: 100 dBm0 each, louder than any
constexpr uint8_t kMaybeUnheard = HistoryFrame::kLost | HistoryFrame::kTone | HistoryFrame::kDigital;

// Of three frames with this sum of levels.
float meanDbm0(int sum) { return (static_cast<float>(sum) * 0.5f - 270) / 3; }

// The lowest level of at least so much.
int levelFrom(float dbm0) {
  auto level = static_cast<int>((dbm0 + 90) * 2);
  while (level > 0 && static_cast<float>(level - 1) * 0.5f - 90 >= dbm0) --level;
  while (static_cast<float>(level) * 0.5f - 90 < dbm0) ++level;
  return level;
}

}  // namespace

void VoiceHistory::push(const FrameFeatures& features, bool tone) {
  HistoryFrame& f = ring_[frames_ % kHistoryFrames];
  f.level = halfDb(features.levelDbm0);
  f.voicing = static_cast<uint8_t>(features.voicing * 255);
  f.pitch = static_cast<uint8_t>(std::min(255.0f, features.pitchHz / 2));
  f.flags =
      static_cast<uint8_t>((features.lost ? HistoryFrame::kLost : 0) | (tone ? HistoryFrame::kTone : 0) |
                           (features.digitalSilence ? HistoryFrame::kDigital : 0));
  for (int b = 0; b < kVoiceBands; ++b) bands_[frames_ % kHistoryFrames][b] = halfDb(features.bandDbm0[b]);
  ++frames_;
}

void VoiceHistory::pushLost() {
  if (frames_ == 0) {
    FrameFeatures nothing;
    nothing.lost = true;
    return push(nothing, false);
  }
  const int now = frames_ % kHistoryFrames, before = (frames_ - 1) % kHistoryFrames;
  ring_[now] = ring_[before];
  ring_[now].flags = (ring_[before].flags & HistoryFrame::kDigital) | HistoryFrame::kLost;
  bands_[now] = bands_[before];
  ++frames_;
}

void VoiceHistory::mark(uint8_t flag, int fromFrame, int toFrame) {
  for (int i = std::max(fromFrame, oldest()); i < std::min(toFrame, frames_); ++i) at(i).flags |= flag;
}

void VoiceHistory::copy(int frame, int count, HistoryFrame* to) const {
  const int start = frame % kHistoryFrames, first = std::min(count, kHistoryFrames - start);
  std::copy_n(ring_.begin() + start, first, to);
  std::copy_n(ring_.begin(), count - first, to + first);
}

void VoiceHistory::prefetch(bool all) const {
  cpd::prefetch(&at(frames_), 1);
  cpd::prefetch(&bands_[frames_ % kHistoryFrames], 1);
  if (all) cpd::prefetch(&ring_, std::min(frames_, kHistoryFrames) * sizeof(HistoryFrame));
}

void VoiceHistory::unmark(uint8_t flag, int fromFrame, int toFrame) {
  for (int i = std::max(fromFrame, oldest()); i < std::min(toFrame, frames_); ++i)
    at(i).flags &= static_cast<uint8_t>(~flag);
}

void mapSpeech(const VoiceHistory& history, int fromFrame, SpeechMap& map, const SpeechLimits& limits) {
  const int first = std::max(fromFrame, history.oldest()), last = history.frames();
  const int n = last - first;
  map.first = first;
  map.last = last;
  map.runs = 0;
  map.peakDbm0 = map.floorDbm0 = -90;
  if (n <= 0) return;

  std::array<HistoryFrame, kHistoryFrames> frames;
  history.copy(first, n, frames.data());

  // Levels; what was not heard is passed over.
  std::array<uint8_t, kHistoryFrames> heard;
  std::array<int, 256> histogram{};
  std::array<int, kBlocks> blockSum;  // quietest three frames in a row, sum of their levels
  blockSum.fill(kNoSum);
  int count = 0;
  int before = 0, beforeThat = 0;  // levels of the two frames heard last
  int floorSum = kNoSum;
  for (int i = 0, block = 0, left = kBlock; i < n; ++i, --left) {
    if (left == 0) {
      ++block;
      left = kBlock;
    }
    const HistoryFrame& f = frames[i];
    heard[i] =
        (f.flags & kMaybeUnheard) == 0 || (!f.is(HistoryFrame::kTone) && !unheard(frames.data(), i, n));
    if (!heard[i]) continue;
    ++histogram[f.level];
    ++count;
    const int sum = n < 3 ? 3 * f.level : f.level + before + beforeThat;
    beforeThat = before;
    before = f.level;
    if (count < 3 && n >= 3) continue;
    blockSum[block] = std::min(blockSum[block], sum);
    floorSum = std::min(floorSum, sum);
  }
  if (count == 0) return;
  int above = count / 20, peak = 255;
  for (; peak > 0; --peak) {
    above -= histogram[peak];
    if (above < 0) break;
  }
  map.peakDbm0 = static_cast<float>(peak) * 0.5f - 90;
  map.floorDbm0 = std::min({meanDbm0(floorSum), map.peakDbm0, limits.knownFloorDbm0});
  map.active.fill(0);
  if (map.peakDbm0 - map.floorDbm0 < kMinRangeDb || map.peakDbm0 < limits.leastPeakDbm0) return;

  const int blocks = (n + kBlock - 1) / kBlock;
  for (int b = 0; b < blocks; ++b) {
    int local = kNoSum;
    for (int j = std::max(0, b - kFloorBlocks); j <= std::min(blocks - 1, b + kFloorBlocks); ++j)
      local = std::min(local, blockSum[j]);
    const float floorDbm0 =
        b < kFloorBlocks ? std::min(meanDbm0(local), limits.knownFloorDbm0) : meanDbm0(local);
    const float threshold =
        std::clamp(floorDbm0 + kAboveFloorDb, map.peakDbm0 - kBelowPeakDb, map.peakDbm0 - kPeakMarginDb);
    const int level = levelFrom(std::max(threshold, kQuietestDbm0));
    for (int i = b * kBlock; i < std::min(n, (b + 1) * kBlock); ++i) {
      if (heard[i])
        map.active[i] = frames[i].level >= level;
      else
        map.active[i] = i > 0 && !frames[i].is(HistoryFrame::kTone) && map.active[i - 1];
    }
  }

  // Voices, music and traffic behind the speech swing: what is left over tells how loud they get.
  histogram.fill(0);
  count = 0;
  for (int i = 3; i + 3 < n; ++i) {
    if (!heard[i] || map.active[i] || map.active[i - 3] || map.active[i + 3]) continue;
    ++histogram[frames[i].level];
    ++count;
  }
  if (count >= kMurmurFrames) {
    int over = count / 14, murmur = 255;
    for (; murmur > 0; --murmur) {
      over -= histogram[murmur];
      if (over < 0) break;
    }
    const float least =
        std::min(static_cast<float>(murmur) * 0.5f - 90 + kAboveMurmurDb, map.peakDbm0 - kMurmurBelowPeakDb);
    for (int i = 0; i < n; ++i)
      if (heard[i] && frames[i].levelDbm0() < least) map.active[i] = 0;
  }

  // Runs of activity with the gaps inside words closed; clicks and noise without any voice in it left out.
  for (int i = 0; i < n;) {
    if (!map.active[i]) {
      ++i;
      continue;
    }
    int end = i + 1, lastActive = i;
    for (; end < n && end - lastActive <= kJoinGap + 1; ++end) {
      if (frames[end].is(HistoryFrame::kTone)) break;
      if (map.active[end]) lastActive = end;
    }
    const int stop = lastActive + 1;
    int voiced = 0, activeFrames = 0, steady = 0;
    float loudest = -90;
    for (int k = i; k < stop; ++k) {
      if (!map.active[k]) continue;
      ++activeFrames;
      const HistoryFrame& f = frames[k];
      loudest = std::max(loudest, f.levelDbm0());
      voiced += static_cast<float>(f.voicing) > kVoiced * 255;
      steady += f.is(HistoryFrame::kSteady);
    }
    const bool tone = stop - i >= limits.steadyRunFrames &&
                      static_cast<float>(steady) > kSteadyShare * static_cast<float>(activeFrames);
    const bool speech =
        !tone && activeFrames >= kMinRun && (voiced >= kVoicedFrames || stop - i < 2 * kJoinGap) &&
        loudest >= map.floorDbm0 + kRunAboveFloorDb && loudest >= map.peakDbm0 - kRunBelowPeakDb;
    if (speech && map.runs < SpeechMap::kMaxRuns) {
      map.run[map.runs++] = {first + i, first + stop};
    } else {
      for (int k = i; k < stop; ++k) map.active[k] = 0;
    }
    i = stop;
  }
}

}  // namespace cpd
