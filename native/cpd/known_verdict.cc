// Known recordings: a match decides at once.
#include "cpd/state/detector_state.h"

namespace cpd {
namespace {

constexpr float kConfidence = 0.99f;

bool isAnswering(Verdict verdict) { return verdict == Verdict::kMachine || verdict == Verdict::kScreening; }

}  // namespace

void DetectorState::awaitRecording() {
  const bool wanted = settings->recordings != nullptr && settings->mode != Mode::kNoProgressDetection;
  matcher = wanted ? std::make_unique<known::Matcher>() : nullptr;
}

// Before answer an announcement of the network is known by its words, a machine is not: nothing answered. What is
// known after the verdict is named and corrects nothing: a person may be waiting or talking, and the library may
// err. The same where the learnt ones are checked: the detector decides as if it knew none.
void DetectorState::followRecording(const FrameFeatures& frame) {
  const bool machine = isAnswering(evidence.verdict);
  const bool person = evidence.verdict == Verdict::kLive && !greeting.isOver();
  const bool known = !evidence.recording.empty();
  if (known || (decided() && (!(machine || person) || verdictState.isCorrected()))) {
    matcher.reset();
    return;
  }
  if (!isAnswered() && matcher->isFull()) matcher->clear();
  const std::optional<known::Match> match = matcher->hear(frame, *settings->recordings);
  if (!match) return;
  const known::Recording& found = settings->recordings->recordings()[static_cast<size_t>(match->recording)];
  if (isAnswering(found.verdict) && !(isAnswered() && tellsMachines())) return;
  evidence.recording = found.name;
  if (settings->checkLearnt && found.learnt) return;
  decide(found.verdict, "known-recording", kConfidence, found.sit);
}

}  // namespace cpd
