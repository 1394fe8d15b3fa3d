#include "cpd/frontend/front_end.h"

#include "cpd/frontend/front_end_tables.h"
#include "cpd/simd/exact_math.h"
#include "cpd/simd/trigonometry.h"

namespace cpd {
namespace {

constexpr float kPitchFloorDbm0 = -60;  // below this there is nothing to find a pitch in
constexpr int kFew = 4;                 // lanes of the baseline: a wide vector with one channel costs more

const FrontEndKernel& kernelOf(InstructionSet set) {
  switch (set) {
    case InstructionSet::kAvx512:
      return kFrontEndAvx512;
    case InstructionSet::kAvx2:
      return kFrontEndAvx2;
    case InstructionSet::kBaseline:
      break;
  }
  return kFrontEndBaseline;
}

void withoutTones(const FrontEndInput& in, FrontEndFrame& out) {
  out.tone = ToneFrame();
  out.tone.dbm0 = toneDbm0(in.meanSquare);
  out.tone.power = in.meanSquare;
  out.v21Power = out.baudotPower = 0;
  out.keypad = KeypadLines();
}

}  // namespace

FollowedStep stepOf(float hz) {
  const Turned step = turned(static_cast<double>(hz) / kSampleRateHz);
  return {static_cast<float>(step.cosine), static_cast<float>(step.sine)};
}

FrontEnd::FrontEnd() : many_(&kernelOf(bestInstructionSet())), few_(&kFrontEndBaseline) {}
FrontEnd::FrontEnd(InstructionSet set) : many_(&kernelOf(set)), few_(many_) {}

void FrontEnd::measure(std::span<const FrontEndInput* const> in, std::span<FrontEndFrame* const> out,
                       bool voice) const {
  const auto kernelFor = [this](int channels) -> const FrontEndKernel& {
    return channels <= kFew ? *few_ : *many_;
  };
  const int count = static_cast<int>(in.size());

  const FrontEndInput *loudIn[kMostChannels], *quietIn[kMostChannels];
  FrontEndFrame *loudOut[kMostChannels], *quietOut[kMostChannels];
  int loud = 0, quiet = 0;
  for (int i = 0; i < count; ++i) {
    if (!in[i]->quiet) {
      loudIn[loud] = in[i];
      loudOut[loud++] = out[i];
      continue;
    }
    quietIn[quiet] = in[i];
    quietOut[quiet++] = out[i];
    withoutTones(*in[i], *out[i]);
  }
  if (loud > 0) kernelFor(loud).measure(loudIn, loudOut, loud, voice);
  if (quiet > 0 && voice) kernelFor(quiet).measureQuiet(quietIn, quietOut, quiet);

  // What only some channels need is done for these alone, packed into full vectors.
  constexpr int kMostLines = kMostChannels * ToneFrame::kLines;
  const FrontEndInput* some[kMostLines];
  FollowedLine* lines[kMostLines];
  int which[kMostLines], lineCount = 0;
  for (int i = 0; i < count; ++i) {
    for (int line = 0; line < in[i]->followed; ++line, ++lineCount) {
      some[lineCount] = in[i];
      which[lineCount] = line;
      lines[lineCount] = &out[i]->followed[line];
    }
  }
  if (lineCount > 0) kernelFor(lineCount).follow(some, which, lines, lineCount);
  if (!voice) return;

  FrontEndFrame* frames[kMostChannels];
  int voices = 0;
  for (int i = 0; i < count; ++i) {
    if (out[i]->voice.levelDbm0 < kPitchFloorDbm0) continue;
    some[voices] = in[i];
    frames[voices++] = out[i];
  }
  if (voices > 0) kernelFor(voices).pitch(some, frames, voices);
}

}  // namespace cpd
