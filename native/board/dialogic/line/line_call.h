// A call on a line: what was asked for, how far it is, and what its owner was told of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "board/board.h"
#include "cpd/evidence_copy.h"

namespace board::dialogic {

// Whether who answers is to be found out.
enum class Decision : uint8_t { kNotWanted, kWanted, kGiven };

// How it ended, as its owner was told; the later one counts.
enum class ToldEnd : uint8_t { kNothing, kNoAnswer, kDisconnected };

struct LineCall {
  std::string number;
  DialParameters parameters;
  Cpa cpa = Cpa::kBoard;
  Decision decision = Decision::kNotWanted;
  ToldEnd toldEnd = ToldEnd::kNothing;
  double dialAt = -1;      // the command was carried out
  double answeredAt = -1;  // signalled, or found by analysis
  std::optional<EvidenceCopy> board, ours;
  uint64_t cpaId = 0;

  // Observations are told, before the verdict and after it.
  bool listening() const { return decision != Decision::kNotWanted; }
};

}  // namespace board::dialogic
