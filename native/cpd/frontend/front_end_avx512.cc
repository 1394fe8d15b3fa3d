// The front end with AVX-512.
#include "cpd/frontend/front_end_tables.h"

#if defined(__x86_64__) && !defined(__clang__)
#include <immintrin.h>
#pragma GCC target("avx512f,avx512dq,avx512bw,avx512vl")
#define CPD_LANES 16
#define CPD_LANES_ISA avx512
#endif
#include "cpd/frontend/front_end_kernel.h"

namespace cpd {

const FrontEndKernel kFrontEndAvx512 = {measure, measureQuiet, follow, pitch};

}  // namespace cpd
