#include "cpd/dtmf_listener.h"

#include <algorithm>
#include <cmath>

namespace cpd {

namespace {

constexpr float kRowsHz[4] = {697, 770, 852, 941}, kColumnsHz[4] = {1209, 1336, 1477, 1633};
constexpr char kKeys[] = "123A456B789C*0#D";

constexpr float kTolerance = 0.023f;  // 1.5 % and what noise does to the measurement
constexpr float kLeastPower = 5e-5f;  // of each, mean square of full scale: -37 dBm0
constexpr float kRowAbove = 8.0f;     // 9 dB: the row may be so many times the column ...
constexpr float kColumnAbove = 4.0f;  // 6 dB: ... and the column the row
constexpr float kShare = 0.72f;       // of all power, in the two frequencies: two frames in a row ...
constexpr float kSureShare = 0.82f;   // ... of which one has so much
constexpr float kGone = 0.2f;         // of the digit's power: 7 dB softer is the pause after it
constexpr int32_t kBehindMs = 26;     // a frame shows what begins so long before its end

// Nearest of the four within the tolerance, or -1.
int nearest(float hz, const float (&nominal)[4]) {
  for (int i = 0; i < 4; ++i)
    if (std::abs(hz - nominal[i]) <= kTolerance * nominal[i]) return i;
  return -1;
}

int keyOf(const KeypadLines& k) {
  const float pair = k.rowPower + k.columnPower;
  if (k.rowPower < kLeastPower || k.columnPower < kLeastPower || pair < kShare * k.power) return -1;
  if (k.rowPower > kRowAbove * k.columnPower || k.columnPower > kColumnAbove * k.rowPower) return -1;
  const int row = nearest(k.rowHz, kRowsHz), column = nearest(k.columnHz, kColumnsHz);
  return row < 0 || column < 0 ? -1 : 4 * row + column;
}

}  // namespace

bool DtmfListener::push(const KeypadLines& lines, int32_t nowMs) {
  const int key = keyOf(lines);
  const float power = lines.rowPower + lines.columnPower;
  if (key_ >= 0) {
    keyPower_ = std::max(keyPower_, power);
    if (key == key_ && power >= kGone * keyPower_) return false;
    key_ = -1;
    digit_ = 0;
  }
  const float share = power / std::max(lines.power, 1e-12f);
  if (key < 0 || key != seen_) {
    seen_ = key;
    seenShare_ = share;
    seenMs_ = nowMs;
    return false;
  }
  if (std::max(share, seenShare_) < kSureShare) return false;
  key_ = key;
  keyPower_ = power;
  digit_ = kKeys[key];
  startMs_ = std::max(0, seenMs_ - kBehindMs);
  seen_ = -1;
  return true;
}

float DtmfListener::rowHz() const { return key_ < 0 ? 0 : kRowsHz[key_ / 4]; }
float DtmfListener::columnHz() const { return key_ < 0 ? 0 : kColumnsHz[key_ % 4]; }

}  // namespace cpd
