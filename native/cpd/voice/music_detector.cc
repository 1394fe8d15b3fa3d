#include "cpd/voice/music_detector.h"

#include <algorithm>
#include <cmath>

#include "cpd/simd/exact_math.h"

namespace cpd {
namespace {

constexpr float kHeldShare = 0.012f;  // of the frequency: a quarter of a semitone
constexpr float kActiveDb = 20;       // below the louder frames: what sounds
constexpr float kLeastDbm0 = -46;     // of the louder frames
constexpr float kDeepestDb = -40;     // a pause counts for no more
constexpr float kToneShare = 0.9f;    // held that much it is one tone, no tune
// Weights of: share of held lines, change of the bands in dB, voicing, softest against loudest frames in 10
// dB, spread of the levels in dB.
constexpr float kBias = 9.57f, kHeld = 21.0f, kFlux = -0.42f, kVoicing = -11.1f, kSoft = 1.4f,
                kSpread = -0.19f;

constexpr float kLowestLineHz = 100;
constexpr int kNoteFrames = 4, kNotes = 3;  // so many different notes, each for so long, are a tune

// In quarter tones, 1 to 127.
uint8_t lineOf(float hz) {
  return static_cast<uint8_t>(
      std::clamp(1 + 24 * exactLog2(std::max(hz, kLowestLineHz) / kLowestLineHz), 1.0f, 127.0f));
}

}  // namespace

bool MusicDetector::isTune(const std::array<uint8_t, 128>& heldAt) {
  int notes = 0;
  for (size_t line = 1; line + 1 < heldAt.size(); line += 2)
    notes += heldAt[line] + heldAt[line + 1] >= kNoteFrames;
  return notes >= kNotes;
}

void MusicDetector::push(const FrameFeatures& features) {
  if (features.lost) return;
  float flux = 0;
  for (int b = 0; b < kVoiceBands; ++b) {
    const auto band = static_cast<size_t>(b);
    flux += std::abs(features.bandDbm0[b] - bands_[band]);
    bands_[band] = features.bandDbm0[b];
  }
  float& peakHz = peakHz_[static_cast<size_t>(frames_ % kHeldFrames)];
  Frame& frame = ring_[static_cast<size_t>(frames_ % kFrames)];
  frame.level = static_cast<uint8_t>(std::clamp((features.levelDbm0 + 90) * 2, 0.0f, 255.0f));
  frame.voicing = static_cast<uint8_t>(std::clamp(features.voicing, 0.0f, 1.0f) * 255);
  frame.flux = static_cast<uint8_t>(std::min(flux * 10 / kVoiceBands, 255.0f));
  const bool held = std::abs(features.peakHz - peakHz) < kHeldShare * peakHz;
  frame.line = held ? lineOf(features.peakHz) : 0;
  peakHz = features.peakHz;
  ++frames_;
}

float MusicDetector::logOdds(int frames, int skip) const {
  if (frames_ < frames + skip) return -99;
  const auto at = [this, frames, skip](int i) -> const Frame& {
    return ring_[static_cast<size_t>((frames_ - skip - frames + i) % kFrames)];
  };
  std::array<uint8_t, kFrames> levels;
  for (int i = 0; i < frames; ++i) levels[static_cast<size_t>(i)] = at(i).level;
  std::sort(levels.begin(), levels.begin() + frames);
  const int loudest = levels[static_cast<size_t>(frames * 95 / 100)],
            softest = levels[static_cast<size_t>(frames / 10)];
  if (static_cast<float>(loudest) / 2 - 90 < kLeastDbm0) return -99;
  const int least = loudest - static_cast<int>(kActiveDb * 2);
  std::array<uint8_t, 128> heldAt{};
  int active = 0, pairs = 0, held = 0, flux = 0, voicing = 0;
  int64_t sum = 0, squares = 0;
  for (int i = 0; i < frames; ++i) {
    const Frame& frame = at(i);
    if (frame.level <= least) continue;
    ++active;
    voicing += frame.voicing;
    sum += frame.level;
    squares += frame.level * frame.level;
    if (i < kHeldFrames || at(i - kHeldFrames).level <= least) continue;
    ++pairs;
    held += frame.line != 0 ? 1 : 0;
    ++heldAt[frame.line];
    flux += frame.flux;
  }
  if (pairs == 0 || (static_cast<float>(held) > kToneShare * static_cast<float>(pairs) && !isTune(heldAt)))
    return -99;
  const float n = static_cast<float>(active), mean = static_cast<float>(sum) / n;
  const float spreadDb = std::sqrt(std::max(0.0f, static_cast<float>(squares) / n - mean * mean)) / 2;
  const float softDb = std::max(kDeepestDb, static_cast<float>(softest - loudest) / 2);
  return kBias + kHeld * static_cast<float>(held) / static_cast<float>(pairs) +
         kFlux * static_cast<float>(flux) / static_cast<float>(pairs) / 10 +
         kVoicing * static_cast<float>(voicing) / n / 255 + kSoft * softDb / 10 + kSpread * spreadDb;
}

}  // namespace cpd
