// The front end with the instructions that every machine has.
#include "cpd/frontend/front_end_kernel.h"

namespace cpd {

const FrontEndKernel kFrontEndBaseline = {measure, measureQuiet, follow, pitch};

}  // namespace cpd
