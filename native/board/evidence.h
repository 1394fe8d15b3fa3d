// The detector's evidence lives until its next frame; an event needs a copy that owns its data.
#pragma once

#include "board/board.h"

namespace board {

EvidenceCopy copyEvidence(const cpd::Evidence& evidence);

}  // namespace board
