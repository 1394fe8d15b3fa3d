#include "cpd/voice/voice_net.h"

#include "cpd/voice/voice_net_weights.h"

namespace cpd {
namespace {

constexpr size_t kFew = 4;  // lanes of the baseline: a wide vector with one channel costs more

const VoiceNetKernel& kernelOf(InstructionSet set) {
  switch (set) {
    case InstructionSet::kAvx512:
      return kVoiceNetAvx512;
    case InstructionSet::kAvx2:
      return kVoiceNetAvx2;
    case InstructionSet::kBaseline:
      break;
  }
  return kVoiceNetBaseline;
}

}  // namespace

VoiceNet::VoiceNet() : many_(&kernelOf(bestInstructionSet())), few_(&kVoiceNetBaseline) {}
VoiceNet::VoiceNet(InstructionSet set) : many_(&kernelOf(set)), few_(many_) {}

void VoiceNet::step(std::span<const VoiceInput* const> in, std::span<VoiceMemory* const> memory) const {
  const int8_t* inputs[kMostChannels];
  float* memories[kMostChannels];
  for (size_t i = 0; i < in.size(); ++i) {
    inputs[i] = in[i]->data();
    memories[i] = memory[i]->data();
  }
  (in.size() <= kFew ? few_ : many_)->step(inputs, memories, static_cast<int>(in.size()));
}

}  // namespace cpd
