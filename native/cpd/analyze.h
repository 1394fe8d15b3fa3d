// Hears a whole recording at once: the detector over a file, to its end, and what it found.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "cpd/detector.h"
#include "cpd/evidence_copy.h"

namespace cpd {

// Times in ms from the start of the file; `segments` are the whole time axis.
struct AnalysisResult : EvidenceCopy {
  std::vector<Observation> observations;
};

// Latest verdict for recordings, in ms from answer: as long as waiting makes the answer surer.
inline constexpr int32_t kAnalysisTimeoutMs = 8000;

// `samples`: 8 kHz, 16 bit linear. Silence fills the last frame. From `kDial`, answer is inferred from the
// audio whatever the settings say.
// `kinds` says what each frame is; frames without one are audio.
AnalysisResult analyze(std::span<const int16_t> samples, const Settings& settings, StartAt from,
                       std::span<const FrameKind> kinds = {});

// Fills in the evidence and what of the time axis no observation has said yet.
void conclude(const Detector& detector, AnalysisResult& result);

}  // namespace cpd
