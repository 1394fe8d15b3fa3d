#define CPD_PROBE_NAME kBaselineProbe
#include "lanes_probe_kernel.h"
