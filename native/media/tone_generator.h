// Makes the signals of telephone networks sample by sample, for the simulated board and for tests. 8 kHz.
// Levels in dBm0: a full-scale sine is +3.14 dBm0.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "cpd/tones/plan/tone_plan.h"
#include "cpd/types.h"

namespace media {

inline constexpr double kFullScaleDbm0 = 3.14;

// Peak amplitude in 16 bit units of a sine of this level.
double sineAmplitude(double dbm0);

struct ToneOptions {
  double dbm0 = -20;      // of each frequency; of the unmodulated carrier where there is modulation
  double twistDb = 0;     // the second frequency is this much stronger than the first
  double hzFactor = 1;    // deviation of all frequencies
  double timeFactor = 1;  // deviation of all durations
  double startMs = 0;     // begins this far into the signal
};

// One stretch of a signal.
struct SignalStep {
  double hz[3] = {0, 0, 0};
  double modHz = 0;              // amplitude modulation
  double modDepth = 1;           // 1: down to nothing
  double reversalMs = 0;         // phase turned by 180 degrees every so often; 0: never
  double ms = 0;                 // 0: without end
  double gainDb[3] = {0, 0, 0};  // of each frequency, against the level of the options
  double glideHz = 0;            // change of frequency over the whole step
  uint32_t bits =
      0;  // FSK if bitCount > 0: bits sent first bit first (bit 0), repeated; 1 is hz[0], 0 is hz[1]
  int bitCount = 0;
  double baud = 0;
};

struct Signal {
  std::vector<SignalStep> steps;
  bool once = true;  // else repeated without end
};

Signal cadenceSignal(const cpd::Cadence& cadence);
Signal sitSignal(cpd::SitCategory category);  // kNone is not a signal: empty
Signal cedSignal(double ms = 3000);           // 2100 Hz
Signal ansSignal(bool reversals, double ms = 3300);
Signal ansamSignal(bool reversals, double ms = 4000);
Signal cngSignal();                          // 1100 Hz, 500/3000 ms without end
Signal v21PreambleSignal(double ms = 1000);  // HDLC flags at 300 bit/s, 1650/1850 Hz
Signal faxAnswerSignal();                    // CED, 75 ms, V.21 preamble, repeated after 3 s
Signal bellAnswerSignal(double ms = 3300);   // 2225 Hz
Signal v22AnswerSignal(double ms = 3300);    // unscrambled ones of V.22: 2250 and 2850 Hz
Signal ttySignal(std::string_view letters);  // Baudot, 45.45 baud; letters A-Z and space
// The keys by rows, and the frequencies of rows and columns in Hz (ITU-T Q.23).
inline constexpr std::string_view kDtmfKeys = "123A456B789C*0#D";
inline constexpr double kDtmfRowsHz[4] = {697, 770, 852, 941}, kDtmfColumnsHz[4] = {1209, 1336, 1477, 1633};
Signal dtmfSignal(std::string_view digits, double onMs = 80, double offMs = 80);
Signal beepSignal(double hz, double ms, double glideHz = 0);
Signal silenceSignal(double ms);

// Plays one signal. Phase is continuous from step to step. A value; copying it copies the position.
class ToneGenerator {
 public:
  ToneGenerator() = default;
  explicit ToneGenerator(Signal signal, const ToneOptions& options = {});

  bool done() const { return done_; }  // played to the end: only silence follows
  double next();                       // one sample in 16 bit units, not rounded
  void fill(std::span<int16_t> out);   // rounded and limited
  void add(std::span<int16_t> out);    // mixed with what is there

 private:
  void enterStep();

  Signal signal_;
  ToneOptions options_;
  size_t step_ = 0;
  double inStep_ = 0;  // samples into the step
  double length_ = 0;  // samples of the step; 0: without end
  double carry_ = 0;   // part of a sample left over by the step before
  double phase_[3] = {0, 0, 0};
  double modPhase_ = 0;
  bool done_ = true;
};

// White Gaussian noise of a level (rms, dBm0), the same for the same seed everywhere.
class NoiseGenerator {
 public:
  NoiseGenerator(uint64_t seed, double dbm0);
  double next();
  void add(std::span<int16_t> out);

 private:
  uint64_t state_;
  double rms_;
};

}  // namespace media
