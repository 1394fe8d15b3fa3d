#include "cpd/voice/voice_net_weights.h"

namespace cpd {

#include "cpd/voice/voice_model.inc"

}  // namespace cpd
