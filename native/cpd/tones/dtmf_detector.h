// Recognises the keys of a telephone (DTMF) by what the front end measures of the keypad's frequencies.
//
// Limits as ITU-T Q.24 lists them for administrations: frequencies within 1.5 % are heard and beyond 3.5 %
// are not, digits of 40 ms and pauses of 40 ms, levels from 0 to -30 dBm0 a frequency, twist of 8 dB low and
// 4 dB high. What keeps voices and music from being keys: both frequencies of a key begin at the same
// moment, out of something much softer, stay where they are, and leave little else.
#pragma once

#include <array>
#include <cstdint>

#include "cpd/frontend/front_end.h"
#include "cpd/types.h"

namespace cpd {

class DtmfDetector {
 public:
  // Once per frame heard. True when a digit has begun with it or the frame before.
  bool push(const KeypadLines& lines, int32_t nowMs);

  char digit() const { return digit_; }  // that sounds, '0' to '9', '*', '#', 'A' to 'D'; 0: none
  int32_t startMs() const { return startMs_; }
  float rowHz() const;  // nominal
  float columnHz() const;

 private:
  static constexpr int kBefore = 3;  // frames looked back at for the beginning

  bool began(const KeypadLines& second) const;
  bool stopped(int key, const KeypadLines& lines);

  int seen_ = -1;                                                // key of the frame before, -1: none
  KeypadLines first_{};                                          // of that frame
  std::array<float, kBefore + 1> rowBefore_{}, columnBefore_{};  // powers, the newest first
  int key_ = -1;                                                 // that sounds
  float keyPower_ = 0;                                           // its loudest
  int amiss_ = 0;                                                // frames in a row without it
  int lastKey_ = -1;                                             // that sounded before
  float lastPower_ = 0;
  int32_t lastMs_ = 0;  // its end
  char digit_ = 0;
  int32_t startMs_ = kNever;
};

}  // namespace cpd
