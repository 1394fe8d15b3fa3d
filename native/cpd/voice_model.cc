#include "cpd/voice_model.h"

namespace cpd {

float machineLogOdds(const VoiceFeatures& f, bool talking) {
  using enum VoiceFeature;
  const float longTalk = 2.0f * (f[kSpan] - 4.2f);
  return talking ? longTalk - 1 : longTalk;
}

}  // namespace cpd
