// The voice network with the instructions that every machine has.
#include "cpd/voice/voice_net_weights.h"

#include "cpd/voice/voice_net_kernel.h"

namespace cpd {

const VoiceNetKernel kVoiceNetBaseline = {step};

}  // namespace cpd
