// Sine and cosine that are the same on every machine; a libm's are not to the last bit.
#pragma once

namespace cpd {

struct Turned {
  double cosine, sine;
};

// Of an angle in turns (1 = 360 degrees), |turns| < 1000. Error below 1e-15.
constexpr Turned turned(double turns) {
  constexpr double kRadians = 6.283185307179586476925;
  // To an eighth of a turn on either side of a quarter.
  const double quarters = turns * 4;
  long quarter = static_cast<long>(quarters + (quarters < 0 ? -0.5 : 0.5));
  const double x = (turns - static_cast<double>(quarter) / 4) * kRadians, z = x * x;
  double c = 1, s = 1;
  for (int k = 9; k > 0; --k) {
    c = 1 - c * z / ((2 * k - 1) * (2 * k));
    s = 1 - s * z / ((2 * k) * (2 * k + 1));
  }
  s *= x;
  switch (quarter & 3) {
    case 0:
      return {c, s};
    case 1:
      return {-s, c};
    case 2:
      return {-c, -s};
    default:
      return {s, -c};
  }
}

}  // namespace cpd
