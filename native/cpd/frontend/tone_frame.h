// The lines of a frame, as the front end measures them for the tone receiver.
#pragma once

namespace cpd {

// A frequency, or a close pair or modulated carrier (spread below 110 Hz), which sounds as one.
struct ToneLine {
  float hz = 0;    // centre of gravity
  float dbm0 = 0;  // of all of it
};

// What the last 64 ms sound like. Weighted to their middle: about 32 ms behind the end of the frame.
struct ToneFrame {
  static constexpr int kLines = 3;
  int count = 0;  // lines, strongest first
  ToneLine lines[kLines];
  float dbm0 = -99;     // everything from 150 Hz up
  float power = 0;      // the same as a mean square, 16 bit units
  float overtones = 0;  // of that, within two bins of twice to four times the frequency of a single line
  float purity = 0;     // share of the lines in that, 0 to 1; speech is seldom above 0.8 for long
  bool tonal = false;   // lines only, loud enough: could be a tone
  bool steady = false;  // inside a tone segment (a tonal sound of constant frequency)
};

// Below this a line is not a tone: the receiver must hear -40 dBm0 and must not hear -48.
inline constexpr float kToneFloorDbm0 = -44;

inline constexpr int kToneWindowMs = 64;
inline constexpr float kToneBinHz = 15.625f;  // of the spectrum that the lines are found in

}  // namespace cpd
