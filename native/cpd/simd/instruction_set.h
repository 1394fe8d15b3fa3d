// Which versions of the lane kernels this machine can run.
#pragma once

#include <span>

namespace cpd {

enum class InstructionSet { kBaseline, kAvx2, kAvx512 };  // baseline: SSE2, or NEON on ARM

// Those that were built and that the processor has, slowest first; never empty.
std::span<const InstructionSet> instructionSets();

inline InstructionSet bestInstructionSet() { return instructionSets().back(); }

const char* name(InstructionSet set);

}  // namespace cpd
