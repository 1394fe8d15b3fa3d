#include "cpd/tones/learning/tone_lines.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <numbers>
#include <utility>

namespace cpd {
namespace {

constexpr double kRateHz = 8000, kSamplesPerMs = 8;
constexpr size_t kSize = 32768;  // of the transform: a stretch is padded to it with zeros
constexpr double kBinHz = kRateHz / kSize;
constexpr double kLowestHz = 100;
constexpr double kEdgeMs = 12;       // the rise and fall of a tone blur its lines
constexpr double kShortestMs = 26;   // without its edges
constexpr double kLongestMs = 2000;  // a longer stretch says nothing new
constexpr size_t kMostLines = 3;
// Against the strongest line: softer is distortion or noise; a full modulation is at -6 dB.
constexpr double kSoftestDb = -18;
// No network has a closer pair: what looks like one is a tone that was broken for a moment.
constexpr double kLeastApartHz = 8;
// Times the length of the stretch: lines of 0.1 s are told apart from 20 Hz on; from 0.25 s on the above holds.
constexpr double kApartHzMs = 2000;
// An overtone is so much softer than its tone; an exchange's amplifier or a loudspeaker made it.
constexpr double kOvertoneDb = -8, kOvertoneShare = 0.01;
// Amplitude modulation as the tone plans have it: rate, evenness of its sidebands, carrier above them.
constexpr double kLeastModulationHz = 5, kMostModulationHz = 100, kAsymmetryHz = 3, kCarrierDb = 1;
// Between the halves of a tone the frequency is the same to within this.
constexpr double kUnsteadyShare = 0.01, kUnsteadyHz = 5;

struct Line {
  double hz;
  double db;
};

// The discrete Fourier transform in place (Cooley and Tukey, 1965); the length is a power of two.
void transform(std::vector<double>& re, std::vector<double>& im) {
  const size_t n = re.size();
  for (size_t i = 1, j = 0; i < n; ++i) {
    size_t bit = n >> 1;
    for (; (j & bit) != 0; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      std::swap(re[i], re[j]);
      std::swap(im[i], im[j]);
    }
  }
  for (size_t half = 1; half < n; half *= 2) {
    const double step = -std::numbers::pi / static_cast<double>(half);
    for (size_t k = 0; k < half; ++k) {
      const double c = std::cos(step * static_cast<double>(k));
      const double s = std::sin(step * static_cast<double>(k));
      for (size_t a = k; a < n; a += 2 * half) {
        const size_t b = a + half;
        const double x = re[b] * c - im[b] * s;
        const double y = re[b] * s + im[b] * c;
        re[b] = re[a] - x;
        im[b] = im[a] - y;
        re[a] += x;
        im[a] += y;
      }
    }
  }
}

// Power of a stretch under a Hann window, by bins. What is outside of the recording is silence.
std::vector<double> spectrum(std::span<const int16_t> samples, double from, double length) {
  std::vector<double> re(kSize), im(kSize);
  for (size_t i = 0; static_cast<double>(i) < length; ++i) {
    const double at = from + static_cast<double>(i);
    if (at < 0 || at >= static_cast<double>(samples.size())) continue;
    const double phase = 2 * std::numbers::pi * (static_cast<double>(i) + 0.5) / length;
    re[i] = (0.5 - 0.5 * std::cos(phase)) * samples[static_cast<size_t>(at)];
  }
  transform(re, im);
  std::vector<double> power(kSize / 2);
  for (size_t k = 0; k < power.size(); ++k) power[k] = re[k] * re[k] + im[k] * im[k];
  return power;
}

// The peaks at least so far apart, strongest first.
std::vector<Line> strongestLines(const std::vector<double>& power, double apartHz) {
  const auto db = [&power](size_t k) { return 10 * std::log10(power[k] + 1e-9); };
  std::vector<Line> peaks;
  for (size_t k = static_cast<size_t>(std::ceil(kLowestHz / kBinHz)); k + 1 < power.size(); ++k) {
    if (power[k] < power[k - 1] || power[k] <= power[k + 1]) continue;
    // The top of the parabola through three points.
    const double left = db(k - 1), top = db(k), right = db(k + 1);
    const double curve = left - 2 * top + right;
    const double shift = curve == 0 ? 0 : (left - right) / (2 * curve);
    peaks.push_back({(static_cast<double>(k) + shift) * kBinHz, top});
  }
  std::stable_sort(peaks.begin(), peaks.end(), [](const Line& a, const Line& b) { return a.db > b.db; });
  std::vector<Line> kept;
  for (const Line& peak : peaks) {
    if (peak.db < peaks.front().db + kSoftestDb || kept.size() == kMostLines) break;
    const auto near = [&](const Line& line) { return std::abs(line.hz - peak.hz) < apartHz; };
    if (std::none_of(kept.begin(), kept.end(), near)) kept.push_back(peak);
  }
  return kept;
}

double shareOf(const std::vector<double>& power, const std::vector<Line>& lines, double apartHz) {
  double all = 0, inside = 0;
  for (size_t k = static_cast<size_t>(std::ceil(kLowestHz / kBinHz)); k < power.size(); ++k) {
    all += power[k];
    const double hz = static_cast<double>(k) * kBinHz;
    const auto covers = [&](const Line& line) { return std::abs(line.hz - hz) <= apartHz; };
    if (std::any_of(lines.begin(), lines.end(), covers)) inside += power[k];
  }
  return all == 0 ? 0 : inside / all;
}

std::vector<Line> withoutOvertones(const std::vector<Line>& lines) {
  std::vector<Line> own;
  for (const Line& line : lines) {
    const auto isToneOf = [&line](const Line& tone) {
      const double times = std::floor(line.hz / tone.hz + 0.5);
      const bool near = std::abs(line.hz - times * tone.hz) <= kOvertoneShare * line.hz;
      return times >= 2 && near && line.db <= tone.db + kOvertoneDb;
    };
    if (std::none_of(lines.begin(), lines.end(), isToneOf)) own.push_back(line);
  }
  return own;
}

// The rate, where three lines by rising frequency are a carrier between two weaker ones at the same distance.
std::optional<double> modulationOf(const std::vector<Line>& rising) {
  if (rising.size() != 3) return std::nullopt;
  const Line &low = rising[0], &carrier = rising[1], &high = rising[2];
  const double below = carrier.hz - low.hz, above = high.hz - carrier.hz;
  const double rate = (below + above) / 2;
  if (std::abs(below - above) > kAsymmetryHz) return std::nullopt;
  if (rate < kLeastModulationHz || rate > kMostModulationHz) return std::nullopt;
  if (carrier.db < std::max(low.db, high.db) + kCarrierDb) return std::nullopt;
  return rate;
}

}  // namespace

ToneLines toneLines(std::span<const int16_t> samples, double startMs, double endMs) {
  const double lengthMs = std::min(endMs - startMs - 2 * kEdgeMs, kLongestMs);
  if (lengthMs < kShortestMs) return {};
  const double middleMs = (startMs + endMs) / 2;
  const double from = std::floor((middleMs - lengthMs / 2) * kSamplesPerMs + 0.5);
  const std::vector<double> power = spectrum(samples, from, std::floor(lengthMs * kSamplesPerMs + 0.5));
  const double apartHz = std::max(kLeastApartHz, kApartHzMs / lengthMs);
  const std::vector<Line> lines = strongestLines(power, apartHz);
  std::vector<Line> own = withoutOvertones(lines);
  std::sort(own.begin(), own.end(), [](const Line& a, const Line& b) { return a.hz < b.hz; });
  ToneLines result;
  result.share = shareOf(power, lines, apartHz);
  result.modulationHz = modulationOf(own);
  if (result.modulationHz) own = {own[1]};
  for (const Line& line : own) result.hz.push_back(line.hz);
  return result;
}

bool isSteadyTone(std::span<const int16_t> samples, double startMs, double endMs) {
  const double middleMs = (startMs + endMs) / 2;
  const ToneLines first = toneLines(samples, startMs, middleMs), second = toneLines(samples, middleMs, endMs);
  if (first.hz.empty() || second.hz.empty()) return true;
  const double a = first.hz.back(), b = second.hz.back();
  return std::abs(a - b) <= std::max(kUnsteadyHz, kUnsteadyShare * a);
}

}  // namespace cpd
