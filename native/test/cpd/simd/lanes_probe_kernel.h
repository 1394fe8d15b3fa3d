// Compiled once per version by lanes_probe_*.cc.
#include "cpd/simd/lanes.h"
#include "test/cpd/simd/lanes_probe.h"

namespace {

using namespace cpd::CPD_LANES_ISA;

#define CPD_PROBE(function)                                                                                \
  void function##All(const float* x, float* y, int count) {                                                \
    for (int i = 0; i < count; i += kLanes) store(y + i, cpd::CPD_LANES_ISA::function(loadFloats(x + i))); \
  }
CPD_PROBE(exp)
CPD_PROBE(log)
CPD_PROBE(tanh)
CPD_PROBE(sigmoid)
CPD_PROBE(sqrt)
#undef CPD_PROBE

void transposeAll(int32_t* square) {
  Ints rows[kLanes];
  for (int i = 0; i < kLanes; ++i) rows[i] = loadInts(square + i * kLanes);
  transpose(rows);
  for (int i = 0; i < kLanes; ++i) store(square + i * kLanes, rows[i]);
}

}  // namespace

const LanesProbe CPD_PROBE_NAME = {kLanes, expAll, logAll, tanhAll, sigmoidAll, sqrtAll, transposeAll};
