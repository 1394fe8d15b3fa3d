// What the board's analysis of a call on an analog line means.
#include <algorithm>
#include <string>
#include <utility>

#include "board/dialogic/cpa/cpa_meaning.h"
#include "board/dialogic/line/analog/analog_line.h"
#include "board/dialogic/vendor/constants.h"

namespace board::dialogic {
namespace {

constexpr float kLevelNotMeasured = -100;

}  // namespace

void AnalogLine::analysed() {
  const CpaNumbers numbers = readCpa(context_.api, voice_.handle());
  if (phase_ == Phase::kMoving) return consulted(numbers);
  clearTimer(Timer::kWatch);
  if (CpaEntry* entry = cpaEntry()) entry->numbers = numbers;
  const Meaning* meaning = meaningOf("CR", numbers.term);
  const Told told = meaning == nullptr ? Told::kFailed : meaning->told;
  if (told == Told::kStopped) return;
  if (told == Told::kNoDialTone) return dialFailed(FailureReason::kNoDialTone);
  if (told == Told::kFailed || told == Told::kNotYet) return dialFailed(FailureReason::kDialFailed);
  if (phase_ == Phase::kDialling) {
    move(Phase::kProgress);
    dialled();
  }
  switch (told) {
    case Told::kConnect:
      return connected(numbers);
    case Told::kNoAnswer:
      ringing(true);
      return nobodyAnswers();
    case Told::kNoRingback:
      return nobodyAnswers();
    default:
      break;
  }
  if (meaning->verdict == cpd::Verdict::kSit) return intercepted(numbers);
  if (meaning->verdict == cpd::Verdict::kFax) {
    move(Phase::kUp);
    answered(true);
    const char* tone = faxToneOf(numbers.hz[0]);
    return boardDecides(
        boardEvidence(std::string("board: CR_FAXTONE") + (tone != nullptr ? std::string(" ") + tone : ""),
                      cpd::Verdict::kFax, cpd::SitCategory::kNone, meaning->confidence));
  }
  std::string rule = std::string("board: ") + meaning->name;
  if (numbers.tone != kNotAsked && numbers.tone != 0) rule += " " + vendor::nameOf("TID", numbers.tone);
  if (!call_.listening()) return disconnected(meaning->cause);
  boardDecides(boardEvidence(rule, meaning->verdict, meaning->sit, meaning->confidence));
}

void AnalogLine::connected(const CpaNumbers& numbers) {
  move(Phase::kUp);
  answered(numbers.connection != vendor::CON_LPC);
  const Meaning* meaning = meaningOf("CON", numbers.connection);
  const std::string name = vendor::nameOf("CON", numbers.connection);
  constexpr float kNothingKnown = 0.5f;
  EvidenceCopy evidence =
      boardEvidence("board: CR_CNCT " + name, meaning == nullptr ? cpd::Verdict::kUnknown : meaning->verdict,
                    cpd::SitCategory::kNone, meaning == nullptr ? kNothingKnown : meaning->confidence);
  if (numbers.answerSize > 0 && !evidence.segments.empty()) {
    // The greeting was measured (10 ms); it ended when the connect was told.
    evidence.speechStartMs = std::max(0, evidence.decidedMs - numbers.answerSize * 10);
    evidence.greetingEndMs = evidence.decidedMs;
    evidence.segments.front().startMs = evidence.speechStartMs;
  }
  boardDecides(std::move(evidence));
}

// A special information tone, with what was measured of it.
void AnalogLine::intercepted(const CpaNumbers& numbers) {
  const SitTold told = sitOf(numbers);
  constexpr float kToneMatched = 0.9f;
  EvidenceCopy evidence = boardEvidence("board: CR_CEPT", cpd::Verdict::kSit, told.category,
                                        told.confidence > 0 ? told.confidence : kToneMatched);
  int32_t end = evidence.decidedMs;
  for (int i = 2; i >= 0; --i) {
    if (numbers.hz[i] == 0) continue;
    const int32_t start = std::max(0, end - numbers.duration[i] * 10);
    evidence.segments.insert(
        evidence.segments.begin(),
        {cpd::SegmentKind::kTone, start, end, {static_cast<float>(numbers.hz[i]), 0, 0}, kLevelNotMeasured});
    end = start;
  }
  boardDecides(std::move(evidence));
}

}  // namespace board::dialogic
