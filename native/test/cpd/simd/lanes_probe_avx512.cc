#include <cstdint>
#if defined(__x86_64__) && !defined(__clang__)
#include <immintrin.h>
#pragma GCC target("avx512f,avx512dq,avx512bw,avx512vl")
#define CPD_LANES 16
#define CPD_LANES_ISA avx512
#endif
#define CPD_PROBE_NAME kAvx512Probe
#include "test/cpd/simd/lanes_probe_kernel.h"
