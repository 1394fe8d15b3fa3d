#include "cpd/simd/instruction_set.h"

#include <array>
#include <cstddef>

namespace cpd {
namespace {

struct Found {
  std::array<InstructionSet, 3> sets{InstructionSet::kBaseline};
  size_t count = 1;

  Found() {
#if defined(__x86_64__) && !defined(__clang__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2")) sets[count++] = InstructionSet::kAvx2;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
      sets[count++] = InstructionSet::kAvx512;
#endif
  }
};

}  // namespace

std::span<const InstructionSet> instructionSets() {
  static const Found kFound;
  return {kFound.sets.data(), kFound.count};
}

const char* name(InstructionSet set) {
  switch (set) {
    case InstructionSet::kBaseline:
      return "baseline";
    case InstructionSet::kAvx2:
      return "avx2";
    case InstructionSet::kAvx512:
      return "avx512";
  }
  return "";
}

}  // namespace cpd
