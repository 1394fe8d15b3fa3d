// The voice network with AVX-512.
#include "cpd/voice/voice_net_weights.h"

#if defined(__x86_64__) && !defined(__clang__)
#include <immintrin.h>
#pragma GCC target("avx512f,avx512dq,avx512bw,avx512vl")
#define CPD_LANES 16
#define CPD_LANES_ISA avx512
#endif
#include "cpd/voice/voice_net_kernel.h"

namespace cpd {

const VoiceNetKernel kVoiceNetAvx512 = {step};

}  // namespace cpd
