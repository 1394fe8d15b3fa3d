// Which frames of the history are speech.
#include <algorithm>
#include <array>
#include <cstddef>

#include "cpd/simd/byte_lanes.h"
#include "cpd/voice/voice_activity.h"

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
constexpr int kMurmurNear = 3;   // frames from speech that are not counted as background
constexpr int kPeakPart = 20;    // the loudest 1 in so many are above the peak
constexpr int kMurmurPart = 14;  // and of the background above its louder parts
constexpr int kBlock = 10;       // frames per block of the local floor
constexpr int kFloorBlocks = 3;  // blocks looked at on either side
constexpr int kBlocks = kHistoryFrames / kBlock + 2;
constexpr int kMinRun = 3;             // shorter activity that stands alone is a click
constexpr int kJoinGap = 7;            // frames of a gap inside a word
constexpr int kVoicedFrames = 2;       // a run of speech has at least so many voiced frames
constexpr uint8_t kVoiced = 128;       // of 255
constexpr float kSteadyShare = 0.88f;  // of a run: that much of it inside steady tones is no speech

constexpr int16_t kNoSum = 1140;  // of three levels: 100 dBm0 each, louder than any
constexpr uint8_t kMaybeUnheard = HistoryFrame::kLost | HistoryFrame::kTone | HistoryFrame::kDigital;

float dbm0Of(int level) { return static_cast<float>(level) * 0.5f - 90; }

// Of three frames with this sum of levels.
float meanDbm0(int sum) { return (static_cast<float>(sum) * 0.5f - 270) / 3; }

// The lowest level of at least so much.
int levelFrom(float dbm0) {
  auto level = static_cast<int>((dbm0 + 90) * 2);
  while (level > 0 && dbm0Of(level - 1) >= dbm0) --level;
  while (dbm0Of(level) < dbm0) ++level;
  return level;
}

// A row of one byte a frame, whole vectors of them; 0 beyond the last frame.
static_assert(kHistoryFrames % kBytes == 0);
struct Row {
  alignas(kBytes) std::array<uint8_t, kHistoryFrames> at;

  Bytes load(int i) const { return loadBytes(&at[static_cast<size_t>(i)]); }
  void put(int i, Bytes x) { store(&at[static_cast<size_t>(i)], x); }
  uint8_t operator[](int i) const { return at[static_cast<size_t>(i)]; }
  uint8_t& operator[](int i) { return at[static_cast<size_t>(i)]; }
};

// The greatest level with more than `above` of the row's at or above it. Zeros may be more than were counted:
// nothing is below them.
int levelWithAbove(const Row& levels, int n, int above) {
  int found = 0;
  for (int bit = 128; bit > 0; bit /= 2) {
    const Bytes least = splatByte(found + bit);
    Bytes count = {};
    for (int i = 0; i < n; i += kBytes) count -= atLeast(levels.load(i), least);
    if (sumOfBytes(count) > above) found += bit;
  }
  return found;
}

// The frames looked at, a row for each figure.
struct Window {
  int n;
  Row level, voicing, flags;
  Row heard;  // 255 or 0
  int heardFrames = 0;

  Window(const VoiceHistory& history, int first, int count) : n(count) {
    std::array<HistoryFrame, kHistoryFrames> frames;
    history.copy(first, count, frames.data());
    const int padded = (n + kBytes - 1) / kBytes * kBytes;
    HistoryFrame nothing;
    nothing.flags = HistoryFrame::kLost;
    std::fill(frames.begin() + n, frames.begin() + padded, nothing);
    Bytes digital = {}, total = {};
    static_assert(sizeof(HistoryFrame) == 4 && offsetof(HistoryFrame, level) == 0 &&
                  offsetof(HistoryFrame, voicing) == 1 && offsetof(HistoryFrame, flags) == 3);
    const auto* const bytes = reinterpret_cast<const uint8_t*>(frames.data());
    for (int i = 0; i < n; i += kBytes) {
      Bytes four[4];
      for (int part = 0; part < 4; ++part) four[part] = loadBytes(bytes + 4 * i + kBytes * part);
      const Bytes even[2] = {evenBytes(four[0], four[1]), evenBytes(four[2], four[3])};
      const Bytes odd[2] = {oddBytes(four[0], four[1]), oddBytes(four[2], four[3])};
      const Bytes flag = oddBytes(odd[0], odd[1]);
      const Bytes isHeard = isZero(flag & splatByte(kMaybeUnheard));
      level.put(i, evenBytes(even[0], even[1]));
      voicing.put(i, evenBytes(odd[0], odd[1]));
      flags.put(i, flag);
      heard.put(i, isHeard);
      digital |= flag & splatByte(HistoryFrame::kDigital);
      total -= isHeard;
    }
    heardFrames = sumOfBytes(total);
    if (anyByte(digital)) hearDigital(history, first);
  }

  bool is(int i, uint8_t flag) const { return (flags[i] & flag) != 0; }

 private:
  // Digital silence is heard unless it is a loss.
  void hearDigital(const VoiceHistory& history, int first) {
    for (int i = 0; i < n; ++i) {
      if ((flags[i] & kMaybeUnheard) != HistoryFrame::kDigital) continue;
      if (history.isConcealedLoss(first + i, first, first + n)) continue;
      heard[i] = 255;
      ++heardFrames;
    }
  }
};

// The quietest three frames heard in a row, of each block: the sum of their levels.
struct Floors {
  static constexpr int kShorts = kBytes / 2;
  // With kNoSum for the neighbours that the first and the last blocks have not.
  std::array<int16_t, kFloorBlocks + kBlocks + kFloorBlocks + kShorts> block;
  int16_t lowest = kNoSum;

  explicit Floors(const Window& w) {
    block.fill(kNoSum);
    if (w.n < 3)
      fewHeard(w);
    else if (w.heardFrames >= 3)
      sumThrees(w);
    for (int b = 0; b < kBlocks; ++b) lowest = std::min(lowest, at(b));
  }

  int16_t& at(int b) { return block[static_cast<size_t>(b + kFloorBlocks)]; }

  // The least of each block and its neighbours.
  void takeNeighbours(std::array<int16_t, kBlocks + kShorts>& around) const {
    for (int b = 0; b < kBlocks; b += kShorts) {
      Shorts least = load(&block[static_cast<size_t>(b)]);
      for (int next = 1; next <= 2 * kFloorBlocks; ++next)
        least = lesser(least, load(&block[static_cast<size_t>(b + next)]));
      std::memcpy(&around[static_cast<size_t>(b)], &least, sizeof least);
    }
  }

 private:
  static Shorts load(const int16_t* from) {
    Shorts x;
    std::memcpy(&x, from, sizeof x);
    return x;
  }
  static Shorts lesser(Shorts a, Shorts b) { return a < b ? a : b; }

  void fewHeard(const Window& w) {
    for (int i = 0; i < w.n; ++i)
      if (w.heard[i] != 0) at(0) = std::min(at(0), static_cast<int16_t>(3 * w.level[i]));
  }

  void sumThrees(const Window& w) {
    std::array<int16_t, kHistoryFrames + 2 * kBytes> levels;  // of the frames heard
    std::array<int, kBlocks + 1> begins;                      // how many were heard before the block
    int count = 0;
    levels[0] = levels[1] = kNoSum;  // before the first there is nothing
    int16_t* const after = &levels[2];
    if (w.heardFrames == w.n) {
      for (int i = 0; i < w.n; i += kBytes) {
        const Bytes x = w.level.load(i), low = lowShorts(x), high = highShorts(x);
        std::memcpy(after + i, &low, sizeof low);
        std::memcpy(after + i + kShorts, &high, sizeof high);
      }
      for (int b = 0; b * kBlock < w.n; ++b) begins[static_cast<size_t>(b)] = b * kBlock;
      count = w.n;
    } else {
      for (int from = 0, b = 0; from < w.n; from += kBlock, ++b) {
        begins[static_cast<size_t>(b)] = count;
        for (int i = from; i < std::min(w.n, from + kBlock); ++i) {
          after[count] = w.level[i];
          count += w.heard[i] & 1;
        }
      }
    }
    const int blocks = (w.n + kBlock - 1) / kBlock;
    begins[static_cast<size_t>(blocks)] = count;
    std::fill_n(after + count, kShorts, int16_t{0});        // whole vectors are added
    std::array<int16_t, kHistoryFrames + 2 * kBytes> sums;  // of a frame heard and the two before it
    for (int i = 0; i < count; i += kShorts) {
      const int16_t* const from = &levels[static_cast<size_t>(i)];
      const Shorts sum = load(from) + load(from + 1) + load(from + 2);
      std::memcpy(&sums[static_cast<size_t>(i)], &sum, sizeof sum);
    }
    for (int b = 0; b < blocks; ++b) {
      const int from = begins[static_cast<size_t>(b)], to = begins[static_cast<size_t>(b + 1)];
      int16_t least = kNoSum;
      static_assert(kBlock >= kShorts && kBlock <= 2 * kShorts);
      if (to - from == kBlock) {
        const Shorts both =
            lesser(load(&sums[static_cast<size_t>(from)]), load(&sums[static_cast<size_t>(to - kShorts)]));
        for (int k = 0; k < kShorts; ++k) least = std::min(least, both[k]);
      } else {
        for (int i = from; i < to; ++i) least = std::min(least, sums[static_cast<size_t>(i)]);
      }
      at(b) = least;
    }
  }
};

// What stands out of the noise around it.
void markActive(const Window& w, const Floors& floors, const SpeechLimits& limits, float peakDbm0,
                Row& active) {
  std::array<int16_t, kBlocks + Floors::kShorts> around;
  floors.takeNeighbours(around);
  std::array<uint8_t, kHistoryFrames + kBytes> least;
  int before = -1, level = 0;
  for (int from = 0, b = 0; from < w.n; from += kBlock, ++b) {
    const int local = around[static_cast<size_t>(b)];
    if (local != before || b <= kFloorBlocks) {
      before = local;
      const float floorDbm0 =
          b < kFloorBlocks ? std::min(meanDbm0(local), limits.knownFloorDbm0) : meanDbm0(local);
      const float threshold =
          std::clamp(floorDbm0 + kAboveFloorDb, peakDbm0 - kBelowPeakDb, peakDbm0 - kPeakMarginDb);
      level = levelFrom(std::max(threshold, kQuietestDbm0));
    }
    static_assert(kBlock <= kBytes);
    store(&least[static_cast<size_t>(from)], splatByte(level));  // the next block puts its own over the rest
  }
  for (int i = 0; i < w.n; i += kBytes) {
    const Bytes loud = atLeast(w.level.load(i), loadBytes(&least[static_cast<size_t>(i)]));
    active.put(i, loud & w.heard.load(i) & splatByte(1));
  }
  if (w.heardFrames == w.n) return;
  for (int i = 1; i < w.n; ++i)
    if (w.heard[i] == 0) active[i] = w.is(i, HistoryFrame::kTone) ? 0 : active[i - 1];
}

// Voices, music and traffic behind the speech swing: what is left over tells how loud they get.
void leaveOutMurmur(const Window& w, float peakDbm0, Row& active) {
  Row murmur;
  Bytes total = {};
  const int from = kMurmurNear, to = w.n - kMurmurNear;  // those with frames on both sides
  if (to <= from) return;
  std::array<uint8_t, kHistoryFrames + 2 * kBytes> around{};
  std::copy_n(active.at.begin(), w.n, around.begin() + kBytes);
  for (int i = 0; i < w.n; i += kBytes) {
    const uint8_t* const at = &around[static_cast<size_t>(i + kBytes)];
    const Bytes left =
        isZero(loadBytes(at) | loadBytes(at - kMurmurNear) | loadBytes(at + kMurmurNear)) & w.heard.load(i);
    murmur.put(i, left);
  }
  std::fill_n(murmur.at.begin(), from, uint8_t{0});
  std::fill(murmur.at.begin() + to, murmur.at.end(), uint8_t{0});
  for (int i = 0; i < w.n; i += kBytes) {
    const Bytes left = murmur.load(i);
    total -= left;
    murmur.put(i, w.level.load(i) & left);
  }
  const int count = sumOfBytes(total);
  if (count < kMurmurFrames) return;
  const float least = std::min(dbm0Of(levelWithAbove(murmur, w.n, count / kMurmurPart)) + kAboveMurmurDb,
                               peakDbm0 - kMurmurBelowPeakDb);
  const Bytes level = splatByte(std::max(0, levelFrom(least)));
  for (int i = 0; i < w.n; i += kBytes)
    active.put(i, active.load(i) & (atLeast(w.level.load(i), level) | ~w.heard.load(i)));
}

}  // namespace

void findVoiceActivity(const VoiceHistory& history, int fromFrame, VoiceActivity& activity,
                       const SpeechLimits& limits) {
  const int first = std::max(fromFrame, history.oldest()), last = history.frames();
  const int n = last - first;
  activity.first = first;
  activity.last = last;
  activity.runs = 0;
  activity.peakDbm0 = activity.floorDbm0 = -90;
  if (n <= 0) return;

  const Window w(history, first, n);
  if (w.heardFrames == 0) return;
  Row heardLevel;
  for (int i = 0; i < n; i += kBytes) heardLevel.put(i, w.level.load(i) & w.heard.load(i));
  const Floors floors(w);
  activity.peakDbm0 =
      dbm0Of(levelWithAbove(heardLevel, n, std::min(w.heardFrames / kPeakPart, limits.peakFrames)));
  activity.floorDbm0 = std::min({meanDbm0(floors.lowest), activity.peakDbm0, limits.knownFloorDbm0});
  if (activity.peakDbm0 - activity.floorDbm0 < kMinRangeDb || activity.peakDbm0 < limits.leastPeakDbm0) {
    for (int i = 0; i < n; i += kBytes) store(&activity.active[static_cast<size_t>(i)], Bytes{});
    return;
  }

  Row active;
  markActive(w, floors, limits, activity.peakDbm0, active);
  leaveOutMurmur(w, activity.peakDbm0, active);
  for (int i = 0; i < n; i += kBytes) store(&activity.active[static_cast<size_t>(i)], active.load(i));

  // Runs of activity with the gaps inside words closed; clicks and noise without any voice in it left out.
  for (int i = 0; i < n;) {
    if (!active[i]) {
      i += i + kBytes <= n && !anyByte(active.load(i)) ? kBytes : 1;
      continue;
    }
    int end = i + 1, lastActive = i;
    for (; end < n && end - lastActive <= kJoinGap + 1; ++end) {
      if (w.is(end, HistoryFrame::kTone)) break;
      if (active[end]) lastActive = end;
    }
    const int stop = lastActive + 1;
    int voiced = 0, activeFrames = 0, steady = 0, loudest = 0;
    for (int k = i; k < stop; ++k) {
      if (!active[k]) continue;
      ++activeFrames;
      loudest = std::max<int>(loudest, w.level[k]);
      voiced += w.voicing[k] >= kVoiced;
      steady += w.is(k, HistoryFrame::kSteady);
    }
    const bool tone = stop - i >= limits.steadyRunFrames &&
                      static_cast<float>(steady) > kSteadyShare * static_cast<float>(activeFrames);
    const bool speech = !tone && activeFrames >= kMinRun &&
                        (voiced >= kVoicedFrames || stop - i < 2 * kJoinGap) &&
                        dbm0Of(loudest) >= activity.floorDbm0 + kRunAboveFloorDb &&
                        dbm0Of(loudest) >= activity.peakDbm0 - kRunBelowPeakDb;
    if (speech && activity.runs < VoiceActivity::kMaxRuns) {
      activity.run[activity.runs++] = {first + i, first + stop};
    } else {
      std::fill(activity.active.begin() + i, activity.active.begin() + stop, uint8_t{0});
    }
    i = stop;
  }
}

}  // namespace cpd
