// The front end with AVX2.
#include "cpd/frontend/front_end_tables.h"

#if defined(__x86_64__) && !defined(__clang__)
#include <immintrin.h>
#pragma GCC target("avx2")
#define CPD_LANES 8
#define CPD_LANES_ISA avx2
#endif
#include "cpd/frontend/front_end_kernel.h"

namespace cpd {

const FrontEndKernel kFrontEndAvx2 = {measure, measureQuiet, follow, pitch};

}  // namespace cpd
