#include <cstdint>
#if defined(__x86_64__) && !defined(__clang__)
#include <immintrin.h>
#pragma GCC target("avx2")
#define CPD_LANES 8
#define CPD_LANES_ISA avx2
#endif
#define CPD_PROBE_NAME kAvx2Probe
#include "test/cpd/simd/lanes_probe_kernel.h"
