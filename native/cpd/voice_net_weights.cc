#include "cpd/voice_net_weights.h"

namespace cpd {

#include "cpd/voice_model.inc"

}  // namespace cpd
