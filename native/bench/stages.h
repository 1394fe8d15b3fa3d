// What the benchmark measures: each stage hears the next frame of all its channels in one call.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "calls.h"
#include "cpd/frontend/front_end.h"
#include "cpd/known/library.h"
#include "cpd/voice/voice_net.h"

namespace bench {

class Stage {
 public:
  virtual ~Stage() = default;
  virtual void hear(const std::vector<Schedule::Heard>& frames) = 0;
  virtual std::size_t stateBytes() const { return 0; }  // of one channel
  virtual int found() const { return 0; }               // what it said it heard: proof that it does its job
};

// "spandsp", "tones" (the tone receiver: call progress, SIT, fax, modem, text phones, DTMF), "all" (the whole
// detector), "all-known" (the same with `recordings` that are known), and parts of these: "front-end-tones",
// "front-end-all" (what is measured of a frame before
// anybody decides). Throws std::invalid_argument for another name.
std::unique_ptr<Stage> makeStage(const std::string& name, int channels, const cpd::FrontEnd& frontEnd,
                                 const cpd::VoiceNet& voiceNet,
                                 std::shared_ptr<const cpd::known::Library> recordings = nullptr);

}  // namespace bench
