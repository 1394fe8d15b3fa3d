#define CPD_PROBE_NAME kBaselineProbe
#include "test/cpd/simd/lanes_probe_kernel.h"
