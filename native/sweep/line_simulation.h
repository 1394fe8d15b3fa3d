// What a telephone line does to a clean signal.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sweep/random.h"

namespace sweep {

using Sound = std::vector<float>;  // 8 kHz, 16 bit units

inline constexpr int kSamplesPerMs = 8;

Sound quiet(double ms);
void append(Sound& to, const Sound& sound);
double dbOf(double ratio);             // of amplitudes
double fromDb(double db);              // to a ratio of amplitudes
double peakAt(double dbm0);            // of a sine, in 16 bit units
double activeRms(const Sound& sound);  // of the louder parts: 20 ms frames within 25 dB of the loudest

// One of these at a time, so that a table of rates shows which hurts.
enum class Condition : uint8_t {
  kClean,
  kWhite,
  kPink,
  kHum,
  kMusic,  // held chords and a melody behind
  kEcho,
  kLossRepeated,  // 1 % of packets, the one before played again; not marked
  kLossSilent,    // 1 % of packets, silence instead; not marked
  kLossTold,      // 3 % of packets, marked as lost
  kBursts,        // two or three packets in a row lost now and then, marked
  kClock,         // 200 ppm
  kGsm,           // where libgsm is there, else clean
  kAll,           // any of them together
};
inline constexpr int kConditions = 13;
const char* nameOf(Condition condition);

struct Heard {
  std::vector<int16_t> samples;
  std::vector<bool> lost;  // frames
};

// Through the coder of GSM, where libgsm is there.
Sound throughGsm(const Sound& sound);

// Through the line, G.711 in the end. `snrDb`: noise below the active level of the sound.
Heard throughLine(Sound sound, Condition condition, double snrDb, Random& random);

}  // namespace sweep
