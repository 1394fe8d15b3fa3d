#include "cpd/tones/dtmf_detector.h"

#include <algorithm>
#include <cmath>

namespace cpd {

namespace {

constexpr float kRowsHz[4] = {697, 770, 852, 941}, kColumnsHz[4] = {1209, 1336, 1477, 1633};
constexpr char kKeys[] = "123A456B789C*0#D";

constexpr float kTolerance = 0.023f;      // 1.5 % and what noise does to the measurement
constexpr float kOvertoneShare = 0.011f;  // a column so near twice the row is a note's overtone
constexpr float kLeastPower = 5e-5f;      // of each, mean square of full scale: -37 dBm0
constexpr float kRowAbove = 8.0f;         // 9 dB: the row may be so many times the column ...
constexpr float kColumnAbove = 4.0f;      // 6 dB: ... and the column the row
constexpr float kShare = 0.72f;           // of all power, in the two frequencies: two frames in a row ...
constexpr float kSureShare = 0.86f;       // ... of which one has so much
constexpr float kBeforeShare = 0.13f;     // 9 dB: so much softer each frequency was before the key began
constexpr float kStillHz = 13;            // a key's frequencies are the same in both frames ...
constexpr float kTwistChange = 1.75f;     // ... and so is the ratio of their powers, within 2.4 dB ...
constexpr float kPartial = 0.4f;     // ... unless the first has only its beginning: so little of its power
constexpr float kGone = 0.1f;        // of the digit's power: 10 dB softer is the pause after it
constexpr int kAmissFrames = 2;      // something else for so long ends it too; one is a lost packet
constexpr float kEchoShare = 0.12f;  // of the digit's power: the same key 9 dB softer is its echo ...
constexpr int32_t kEchoMs = 140;     // ... so soon after it
constexpr int32_t kBehindMs = 26;    // a frame shows what begins so long before its end

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
  if (std::abs(k.columnHz - 2 * k.rowHz) < kOvertoneShare * k.columnHz) return -1;
  const int row = nearest(k.rowHz, kRowsHz), column = nearest(k.columnHz, kColumnsHz);
  return row < 0 || column < 0 ? -1 : 4 * row + column;
}

float shareOf(const KeypadLines& k) { return (k.rowPower + k.columnPower) / std::max(k.power, 1e-12f); }

bool isSure(const KeypadLines& first, const KeypadLines& second) {
  return std::max(shareOf(first), shareOf(second)) >= kSureShare;
}

// The same in both frames, or the first has only the beginning.
bool isStill(const KeypadLines& first, const KeypadLines& second) {
  if (first.rowPower + first.columnPower < kPartial * (second.rowPower + second.columnPower)) return true;
  const float twist = first.rowPower * second.columnPower, after = first.columnPower * second.rowPower;
  return std::abs(first.rowHz - second.rowHz) <= kStillHz &&
         std::abs(first.columnHz - second.columnHz) <= kStillHz && twist <= kTwistChange * after &&
         after <= kTwistChange * twist;
}

}  // namespace

// Both frequencies at once, out of something softer.
bool DtmfDetector::began(const KeypadLines& second) const {
  // The newest of those kept is the first frame.
  for (size_t i = 1; i <= kBefore; ++i)
    if (rowBefore_[i] <= kBeforeShare * second.rowPower &&
        columnBefore_[i] <= kBeforeShare * second.columnPower)
      return true;
  return false;
}

// Whether the key that sounded does no longer.
bool DtmfDetector::stopped(int key, const KeypadLines& lines) {
  const float power = lines.rowPower + lines.columnPower;
  keyPower_ = std::max(keyPower_, power);
  amiss_ = key == key_ ? 0 : amiss_ + 1;
  return power < kGone * keyPower_ || amiss_ == kAmissFrames;
}

bool DtmfDetector::push(const KeypadLines& lines, int32_t nowMs) {
  const int key = keyOf(lines);
  if (key_ >= 0 && stopped(key, lines)) {
    lastKey_ = key_;
    lastPower_ = keyPower_;
    lastMs_ = nowMs;
    key_ = -1;
    digit_ = 0;
  }
  const bool second =
      key >= 0 && key == seen_ && key_ < 0 && isSure(first_, lines) && isStill(first_, lines) && began(lines);
  rowBefore_ = {lines.rowPower, rowBefore_[0], rowBefore_[1], rowBefore_[2]};
  columnBefore_ = {lines.columnPower, columnBefore_[0], columnBefore_[1], columnBefore_[2]};
  seen_ = key;
  first_ = lines;
  if (!second) return false;
  const int32_t firstMs = nowMs - kFrameMs;
  const float power = lines.rowPower + lines.columnPower;
  if (key == lastKey_ && firstMs - lastMs_ < kEchoMs && power < kEchoShare * lastPower_) return false;
  key_ = key;
  keyPower_ = power;
  amiss_ = 0;
  digit_ = kKeys[key];
  startMs_ = std::max(0, firstMs - kBehindMs);
  return true;
}

float DtmfDetector::rowHz() const { return key_ < 0 ? 0 : kRowsHz[key_ / 4]; }
float DtmfDetector::columnHz() const { return key_ < 0 ? 0 : kColumnsHz[key_ % 4]; }

}  // namespace cpd
