#include "cpd/known/fingerprint.h"

#include <algorithm>

#include "cpd/frontend/front_end.h"
#include "cpd/known/library.h"

namespace cpd::known {

std::vector<Print> fingerprint(std::span<const int16_t> samples) {
  const FrontEnd frontEnd;
  SampleHistory history;
  PrintMaker maker;
  std::vector<Print> prints;
  for (size_t at = 0; at + kFrameSamples <= samples.size() && prints.size() < kMostPrints;
       at += kFrameSamples) {
    history.push(samples.data() + at);
    FrontEndInput input;
    input.ring = history.ring();
    input.end = history.end();
    input.quiet = true;  // no tones are asked for
    FrontEndFrame measured;
    const FrontEndInput* const in = &input;
    FrontEndFrame* const out = &measured;
    frontEnd.measure({&in, 1}, {&out, 1}, true);
    const Print print = maker.next(measured.voice);
    if (!prints.empty() || (print & kUsable) != 0) prints.push_back(print);
  }
  return trimmed(prints);
}

}  // namespace cpd::known
