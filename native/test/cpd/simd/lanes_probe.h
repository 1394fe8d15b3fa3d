// The functions of lanes.h over arrays, in each version.
#pragma once

#include <cstdint>

struct LanesProbe {
  int lanes;
  // `count`: a multiple of `lanes`.
  void (*exp)(const float* x, float* y, int count);
  void (*log)(const float* x, float* y, int count);
  void (*tanh)(const float* x, float* y, int count);
  void (*sigmoid)(const float* x, float* y, int count);
  void (*sqrt)(const float* x, float* y, int count);
  void (*transpose)(int32_t* square);  // lanes * lanes
};

extern const LanesProbe kBaselineProbe, kAvx2Probe, kAvx512Probe;
