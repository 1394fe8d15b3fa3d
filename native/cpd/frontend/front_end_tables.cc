#include "cpd/frontend/front_end_tables.h"

#include "cpd/simd/trigonometry.h"

namespace cpd {
namespace {

// Position of a bin after passes that split the points by four while they can and by two at the end.
constexpr int placeOf(int bin, int points) {
  int place = 0;
  while (points > 1) {
    const int parts = points % 4 == 0 ? 4 : 2;
    points /= parts;
    place += bin % parts * points;
    bin /= parts;
  }
  return place;
}

constexpr FrontEndTables makeTables() {
  FrontEndTables t{};
  for (int k = 0; k < kToneWindowSamples; ++k) {
    const Turned angle = turned(static_cast<double>(k) / kToneWindowSamples);
    t.cosine[k] = static_cast<float>(angle.cosine);
    t.minusSine[k] = static_cast<float>(-angle.sine);
    t.toneWindow[k] = static_cast<float>(0.5 - 0.5 * angle.cosine);
  }
  for (int k = 0; k < kVoiceWindowSamples; ++k)
    t.voiceWindow[k] =
        static_cast<float>((0.5 - 0.5 * turned(static_cast<double>(k) / kVoiceWindowSamples).cosine) / 32768);
  for (int k = 0; k < kToneWindowSamples / 2; ++k)
    t.toneOrder[k] = static_cast<int16_t>(placeOf(k, kToneWindowSamples / 2));
  for (int k = 0; k < kVoiceWindowSamples / 2; ++k)
    t.voiceOrder[k] = static_cast<int16_t>(placeOf(k, kVoiceWindowSamples / 2));
  return t;
}

}  // namespace

constinit const FrontEndTables kFrontEndTables = makeTables();

}  // namespace cpd
