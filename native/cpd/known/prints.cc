#include "cpd/known/prints.h"

#include <algorithm>
#include <bit>

#include "cpd/simd/prefetch.h"
#include "cpd/simd/trigonometry.h"

namespace cpd::known {
namespace {

constexpr int kFirstBand = 3, kBands = 15;  // of the fine bands: 325 to 3,500 Hz
constexpr float kSoftDb = 25;               // below the loudest: a pause
constexpr float kSoftDbm0 = -58;            // or softer than this
constexpr float kForgetDb = 0.02f;          // a frame, of the loudest
constexpr float kTonePurity = 0.93f;        // two lines with more of the power than this: a tone
constexpr int kUsableFrames = kPrintFrames / 2;

// Cube root of the power by half decibels from -90 dBm0.
constexpr int kLevels = 201;
constexpr auto kRoots = [] {
  constexpr double kStep = 1.0391222;  // 10^(0.05 / 3)
  std::array<float, kLevels> roots{};
  double root = 1;
  for (float& one : roots) {
    one = static_cast<float>(root);
    root *= kStep;
  }
  return roots;
}();

// cosine(mode * (2 i + 1) / (4 n) turns), the basis of a cosine transform of n points.
constexpr float basis(int mode, int i, int n) {
  return static_cast<float>(turned(static_cast<double>(mode * (2 * i + 1)) / (4 * n)).cosine);
}

template <size_t kRows, size_t kColumns, int kFirstMode>
constexpr auto modesOfRow() {
  std::array<std::array<float, kColumns>, kRows> table{};
  for (size_t i = 0; i < kRows; ++i)
    for (size_t mode = 0; mode < kColumns; ++mode)
      table[i][mode] = basis(static_cast<int>(mode) + kFirstMode, static_cast<int>(i), kRows);
  return table;
}

constexpr auto kFrequency = modesOfRow<kBands, 8, 0>();  // by band
constexpr auto kTime = modesOfRow<8, 4, 1>();            // by block

int levelOf(float dbm0) { return std::clamp(static_cast<int>(dbm0 * 2 + (2 * 90 + 0.5f)), 0, kLevels - 1); }

}  // namespace

PrintMaker::Row PrintMaker::spectrumOf(const FrameFeatures& frame) {
  Row row{};
  for (size_t band = 0; band < kBands; ++band) {
    const float root = kRoots[static_cast<size_t>(levelOf(frame.fineDbm0[kFirstBand + band]))];
    for (size_t mode = 0; mode < kLanes; ++mode) row[mode] += root * kFrequency[band][mode];
  }
  return row;
}

Print PrintMaker::printOf() const {
  std::array<Row, kTimeModes> sums{};
  static_assert(kTime.size() == kBlocks && kTime[0].size() == kTimeModes && kFrequency[0].size() == kLanes);
  for (int block = 0; block < kBlocks; ++block) {
    const int frame = frames_ - 1 - (kBlocks - 1 - block) * kBlockFrames;
    const Row& row = blocks_[placeOf(static_cast<size_t>(frame))];
    for (size_t time = 0; time < kTimeModes; ++time)
      for (size_t mode = 0; mode < kLanes; ++mode)
        sums[time][mode] += kTime[static_cast<size_t>(block)][time] * row[mode];
  }
  Print print = 0;
  for (int time = kTimeModes - 1; time >= 0; --time)
    for (int mode = kFrequencyModes - 1; mode >= 0; --mode)
      print = print << 1 | (sums[static_cast<size_t>(time)][static_cast<size_t>(mode)] > 0 ? 1u : 0u);
  return print;
}

Print PrintMaker::next(const FrameFeatures& frame) {
  const auto at = static_cast<size_t>(frames_++);
  bool sounds = (sounded_ & 1) != 0;
  if (!frame.lost) {
    loudestDbm0_ = std::max(frame.levelDbm0, loudestDbm0_ - kForgetDb);
    sounds = frame.levelDbm0 > std::max(loudestDbm0_ - kSoftDb, kSoftDbm0) && frame.pairPurity < kTonePurity;
  }
  sounded_ = sounded_ << 1 | (sounds ? 1u : 0u);
  if (sounded_ == 0) {
    if (!empty_) {
      newest_ = {};
      blocks_ = {};
    }
    empty_ = true;
    return 0;
  }
  empty_ = false;
  newest_[at % kBlockFrames] =
      frame.lost ? newest_[(at + kBlockFrames - 1) % kBlockFrames] : spectrumOf(frame);
  Row& block = blocks_[placeOf(at)];
  for (size_t mode = 0; mode < kLanes; ++mode)
    block[mode] = (newest_[0][mode] + newest_[1][mode]) + (newest_[2][mode] + newest_[3][mode]);
  const bool usable = frames_ >= kPrintFrames && std::popcount(sounded_) >= kUsableFrames;
  return usable ? printOf() | kUsable : 0;
}

void PrintMaker::prefetch() const {
  if (empty_) return;
  cpd::prefetch(&newest_, sizeof newest_);
  cpd::prefetch(&blocks_[placeOf(static_cast<size_t>(frames_)) / kBlocks * kBlocks], kBlocks * sizeof(Row));
}

}  // namespace cpd::known
