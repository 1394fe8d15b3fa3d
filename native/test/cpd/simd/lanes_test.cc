// The functions of lanes.h: as exact as they say, and the same bits whatever the instruction set.
#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <vector>

#include "cpd/simd/instruction_set.h"
#include "test/cpd/simd/lanes_probe.h"

namespace {

const LanesProbe& probeOf(cpd::InstructionSet set) {
  switch (set) {
    case cpd::InstructionSet::kAvx2:
      return kAvx2Probe;
    case cpd::InstructionSet::kAvx512:
      return kAvx512Probe;
    default:
      return kBaselineProbe;
  }
}

constexpr int kCount = 1 << 15;

std::vector<float> evenly(float low, float high) {
  std::vector<float> x(kCount);
  for (int i = 0; i < kCount; ++i) x[i] = low + (high - low) * static_cast<float>(i) / (kCount - 1);
  return x;
}

using Function = void (*LanesProbe::*)(const float*, float*, int);

// Greatest error against `exact`; of the value itself if `relative`. Checks that every version agrees.
double worstError(Function function, const std::vector<float>& x, double (*exact)(double), bool relative) {
  std::vector<float> y(x.size());
  (kBaselineProbe.*function)(x.data(), y.data(), kCount);
  double worst = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    const double wanted = exact(x[i]);
    const double error = std::abs(y[i] - wanted);
    worst = std::max(worst, relative ? error / std::max(std::abs(wanted), 1e-6) : error);
  }
  for (const cpd::InstructionSet set : cpd::instructionSets()) {
    INFO(cpd::name(set));
    std::vector<float> same(x.size());
    (probeOf(set).*function)(x.data(), same.data(), kCount);
    size_t different = 0;
    for (size_t i = 0; i < x.size(); ++i)
      different += std::bit_cast<uint32_t>(y[i]) != std::bit_cast<uint32_t>(same[i]);
    CHECK(different == 0);
  }
  return worst;
}

}  // namespace

TEST_CASE("lanes: exp, log, tanh, sigmoid and sqrt") {
  CHECK(worstError(&LanesProbe::exp, evenly(-86, 87), std::exp, true) < 2e-7);
  CHECK(worstError(&LanesProbe::log, evenly(1e-6f, 40), std::log, true) < 2e-7);
  std::vector<float> wide = evenly(-37, 37);
  for (float& v : wide) v = std::pow(10.0f, v);
  CHECK(worstError(&LanesProbe::log, wide, std::log, true) < 2e-7);
  CHECK(worstError(&LanesProbe::tanh, evenly(-12, 12), std::tanh, false) < 4e-7);
  CHECK(worstError(
            &LanesProbe::sigmoid, evenly(-30, 30), [](double x) { return 1 / (1 + std::exp(-x)); }, false) <
        3e-7);
  CHECK(worstError(&LanesProbe::sqrt, evenly(0, 1e9f), std::sqrt, true) < 1e-7);
}

TEST_CASE("lanes: figures beyond the range are limited") {
  std::vector<float> x(16, 1000.0f), y(16);
  kBaselineProbe.exp(x.data(), y.data(), 16);
  CHECK(y[0] == doctest::Approx(std::exp(88.0)));
  x.assign(16, -1000.0f);
  kBaselineProbe.exp(x.data(), y.data(), 16);
  CHECK(y[0] == doctest::Approx(std::exp(-87.0)));
  x.assign(16, 0.0f);
  kBaselineProbe.log(x.data(), y.data(), 16);
  CHECK(y[0] == doctest::Approx(std::log(1.17549435e-38)));
}

TEST_CASE("lanes: a transposed square has rows for columns") {
  for (const cpd::InstructionSet set : cpd::instructionSets()) {
    INFO(cpd::name(set));
    const LanesProbe& probe = probeOf(set);
    std::vector<int32_t> square(static_cast<size_t>(probe.lanes * probe.lanes));
    for (int i = 0; i < probe.lanes * probe.lanes; ++i) square[i] = i;
    probe.transpose(square.data());
    bool transposed = true;
    for (int row = 0; row < probe.lanes; ++row)
      for (int column = 0; column < probe.lanes; ++column)
        transposed = transposed && square[row * probe.lanes + column] == column * probe.lanes + row;
    CHECK(transposed);
  }
}
