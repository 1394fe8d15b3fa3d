#include "standin/voice/tones.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "standin/voice/voice_numbers.h"

namespace standin {
namespace {

using Range = ToneSegment::Range;

Range around(int value, int deviation) { return {std::max(0, value - deviation), value + deviation}; }

ToneDefinition springware(int f1, int dev1, int f2, int dev2, int on, int onDev, int off, int offDev,
                          int repeat) {
  ToneSegment segment;
  segment.f1 = around(f1, dev1);
  if (f2 > 0) segment.f2 = around(f2, dev2);
  segment.on = around(on, onDev);
  if (off > 0) segment.off = around(off, offDev);
  return {{segment}, repeat};
}

ToneDefinition dm3(Range f1, Range f2, Range twin, Range on, Range off, int repeat) {
  ToneSegment segment;
  segment.f1 = f1;
  segment.f2 = f2;
  segment.twin = twin;
  segment.on = on;
  segment.off = off;
  return {{segment}, repeat};
}

// One cadence step against one segment; a modulated tone is its carrier.
bool fits(const ToneSegment& segment, const cpd::ToneStep& on, double offMs, bool wide) {
  const double low = on.hz2 > 0 ? std::min(on.hz1, on.hz2) : on.hz1;
  const double high = on.hz2 > 0 ? std::max(on.hz1, on.hz2) : 0;
  bool frequencies = false;
  if (high == 0) {
    const bool single = segment.f2.high == 0 || wide;
    frequencies = (single && segment.f1.holds(low)) || (segment.twin.high > 0 && segment.twin.holds(low));
  } else {
    frequencies = segment.f1.holds(low) && segment.f2.high > 0 && segment.f2.holds(high);
  }
  const double onTime = on.ms == 0 ? 1e6 : on.ms / 10.0;
  const bool timed = segment.on.holds(onTime) && (segment.off.high == 0 || segment.off.holds(offMs / 10.0));
  return frequencies && timed;
}

}  // namespace

Tones::Tones(size_t boards) {
  springware_ = {
      {TID_BUSY1, springware(500, 200, 0, 0, 55, 40, 55, 40, 4)},
      {TID_BUSY2, springware(500, 200, 500, 200, 55, 40, 55, 40, 4)},
      {TID_RNGBK1, springware(450, 150, 0, 0, 130, 105, 580, 415, 1)},
      {TID_RNGBK2, springware(450, 150, 450, 150, 130, 105, 580, 415, 1)},
      {TID_DIAL_LCL, springware(400, 125, 0, 0, 0, 0, 0, 0, 1)},
      {TID_DIAL_INTL, springware(402, 125, 0, 0, 0, 0, 0, 0, 1)},
      {TID_DIAL_XTRA, springware(401, 125, 0, 0, 0, 0, 0, 0, 1)},
      {TID_DISCONNECT, springware(500, 200, 500, 200, 55, 40, 55, 40, 4)},
      {TID_FAX1, springware(1650, 100, 0, 0, 20, 20, 0, 0, 1)},
      {TID_FAX2, springware(1100, 50, 0, 0, 25, 25, 0, 0, 1)},
  };
  const Table board = {
      {TID_BUSY1, dm3({450, 510}, {590, 650}, {}, {30, 100}, {30, 100}, 2)},
      {TID_BUSY2, dm3({450, 510}, {590, 650}, {}, {10, 40}, {10, 40}, 2)},
      {TID_RNGBK1, dm3({350, 550}, {350, 550}, {350, 550}, {75, 300}, {0, 800}, 1)},
      {TID_RNGBK2, dm3({350, 550}, {350, 550}, {350, 550}, {20, 100}, {20, 100}, 1)},
      {TID_DIAL_LCL, dm3({300, 380}, {400, 480}, {}, {10, 0}, {}, 1)},
      {TID_DIAL_INTL, dm3({300, 380}, {400, 480}, {300, 480}, {100, 0}, {}, 1)},
      {TID_DISCONNECT, dm3({360, 410}, {430, 440}, {360, 440}, {30, 60}, {30, 60}, 1)},
      {TID_FAX1, dm3({1050, 1150}, {}, {}, {10, 60}, {}, 1)},
      {TID_FAX2, dm3({2000, 2300}, {}, {}, {10, 0}, {}, 1)},
  };
  boards_.assign(boards, board);
}

const Tones::Table& Tones::table(const NetworkLine& line) const {
  return line.family == Family::kSpringware ? springware_ : boards_[static_cast<size_t>(line.board)];
}

Tones::Match Tones::busy(const cpd::Cadence& cadence, const NetworkLine& line) const {
  if (cadence.steps.size() < 2) return {};
  const Table& definitions = table(line);
  const double offMs = cadence.steps[1].ms;
  for (const int id : {TID_BUSY1, TID_BUSY2}) {
    const auto found = definitions.find(id);
    if (found == definitions.end()) continue;
    const ToneDefinition& d = found->second;
    if (d.segments.empty() ||
        !fits(d.segments[0], cadence.steps[0], offMs, line.family == Family::kSpringware))
      continue;
    return {id, d.repeat * (cadence.steps[0].ms + offMs)};
  }
  return {};
}

bool Tones::ringback(const cpd::Cadence& cadence, const NetworkLine& line) const {
  if (cadence.steps.size() < 2) return false;
  const Table& definitions = table(line);
  for (const int id : {TID_RNGBK1, TID_RNGBK2}) {
    const auto found = definitions.find(id);
    if (found == definitions.end() || found->second.segments.empty()) continue;
    // Only the first sound counts: a double ring is a ring.
    ToneSegment segment = found->second.segments[0];
    segment.off = {};
    if (fits(segment, cadence.steps[0], 0, true)) return true;
  }
  return false;
}

bool Tones::changeFrequencies(int id, int f1, int dev1, int f2, int dev2) {
  const auto found = springware_.find(id);
  if (found == springware_.end()) return false;
  found->second.segments[0].f1 = around(f1, dev1);
  found->second.segments[0].f2 = f2 > 0 ? around(f2, dev2) : Range{};
  return true;
}

bool Tones::changeTimes(int id, int on, int onDev, int off, int offDev) {
  const auto found = springware_.find(id);
  if (found == springware_.end()) return false;
  found->second.segments[0].on = around(on, onDev);
  found->second.segments[0].off = off > 0 ? around(off, offDev) : Range{};
  return true;
}

bool Tones::changeRepeat(int id, int count) {
  const auto found = springware_.find(id);
  if (found == springware_.end()) return false;
  found->second.repeat = count;
  return true;
}

ToneDefinition* Tones::find(int board, int id) {
  Table& definitions = boards_[static_cast<size_t>(board)];
  const auto found = definitions.find(id);
  return found == definitions.end() ? nullptr : &found->second;
}

// The share of the energy of 40 ms that lies within the tone's bands, in bins of 25 Hz.
bool ToneListener::present(const Frame& frame) {
  constexpr int kBinHz = 25;
  constexpr int kSamples = 2 * cpd::kFrameSamples;
  constexpr double kQuiet = 1e3;  // mean square: about -55 dBm0
  std::array<double, kSamples> window{};
  double energy = 0;
  for (int i = 0; i < kSamples; ++i) {
    const double sample = i < cpd::kFrameSamples ? last_[static_cast<size_t>(i)]
                                                 : frame[static_cast<size_t>(i - cpd::kFrameSamples)];
    window[static_cast<size_t>(i)] = sample;
    energy += sample * sample;
  }
  if (energy / kSamples < kQuiet) return false;
  const auto band = [&](int low, int high) {
    double sum = 0;
    for (int hz = low / kBinHz * kBinHz; hz <= high; hz += kBinHz) {
      // Goertzel: the power of one line by a resonator there.
      const double turn = 2 * std::cos(2 * std::numbers::pi * hz / cpd::kSampleRateHz);
      double last = 0, before = 0;
      for (const double sample : window) {
        before = std::exchange(last, sample + turn * last - before);
      }
      sum += 2 * (last * last + before * before - turn * last * before) / kSamples;
    }
    return sum / energy;
  };
  const double first = band(tone.f1 - tone.dev1, tone.f1 + tone.dev1);
  if (tone.f2 == 0) return first > 0.7;
  const double second = band(tone.f2 - tone.dev2, tone.f2 + tone.dev2);
  const bool overlap = std::abs(tone.f1 - tone.f2) <= tone.dev1 + tone.dev2;
  if (overlap) return std::max(first, second) > 0.7;
  return first > 0.15 && second > 0.15 && first + second > 0.7;
}

ToneListener::Heard ToneListener::hears(const Frame* frame) {
  static const Frame silence{};
  const Frame& sound = frame != nullptr ? *frame : silence;
  const bool now = present(sound);
  last_ = sound;
  const int length = run_ * cpd::kFrameMs / 10;  // of the state that goes on or ends now
  if (now == sounds_) {
    ++run_;
    if (tone.on == 0) {
      constexpr int kSure = 5;  // frames
      if (now && !on_ && run_ >= kSure) {
        on_ = true;
        return Heard::kOn;
      }
      if (!now && on_ && run_ >= kSure) {
        on_ = false;
        return Heard::kOff;
      }
      return Heard::kNothing;
    }
    const bool tooLong = length > (now ? tone.on + tone.onDev : tone.off + tone.offDev) + 4;
    if (tooLong) cycles_ = 0;
    if (tooLong && on_) {
      on_ = false;
      return Heard::kOff;
    }
    return Heard::kNothing;
  }
  const bool wasSound = sounds_;
  sounds_ = now;
  run_ = 1;
  if (tone.on == 0) return Heard::kNothing;
  const int want = wasSound ? tone.on : tone.off;
  const int deviation = (wasSound ? tone.onDev : tone.offDev) + 4;  // the window blurs the edges
  const bool right = std::abs(length - want) <= deviation;
  if (!right) {
    cycles_ = 0;
  } else if (!wasSound) {
    ++cycles_;
  }
  if (right && !wasSound && cycles_ >= std::max(1, tone.repeat) && !on_) {
    on_ = true;
    return Heard::kOn;
  }
  return Heard::kNothing;
}

}  // namespace standin
