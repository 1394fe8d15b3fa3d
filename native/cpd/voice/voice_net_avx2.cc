// The voice network with AVX2.
#include "cpd/voice/voice_net_weights.h"

#if defined(__x86_64__) && !defined(__clang__)
#include <immintrin.h>
#pragma GCC target("avx2")
#define CPD_LANES 8
#define CPD_LANES_ISA avx2
#endif
#include "cpd/voice/voice_net_kernel.h"

namespace cpd {

const VoiceNetKernel kVoiceNetAvx2 = {step};

}  // namespace cpd
