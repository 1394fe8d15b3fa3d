#include "cpd/evidence_copy.h"

namespace cpd {

EvidenceCopy copyEvidence(const Evidence& evidence) {
  EvidenceCopy copy;
  copy.rule = evidence.rule;
  copy.confidence = evidence.confidence;
  copy.verdict = evidence.verdict;
  copy.sit = evidence.sit;
  copy.decidedMs = evidence.decidedMs;
  copy.answerMs = evidence.answerMs;
  copy.speechStartMs = evidence.speechStartMs;
  copy.greetingEndMs = evidence.greetingEndMs;
  copy.beepMs = evidence.beepMs;
  copy.segments.assign(evidence.segments.begin(), evidence.segments.end());
  copy.scores.assign(evidence.scores.begin(), evidence.scores.end());
  copy.recording = evidence.recording;
  return copy;
}

}  // namespace cpd
