// Reading parameter blocks of Global Call.
#pragma once

#include "standin/engine/abi.h"
#include "standin/global_call/global_call.h"

namespace standin {

constexpr unsigned kCallAnalysisSet = 0x460C;  // CCSET_CALLANALYSIS
constexpr unsigned kCallEventMaskSet = 0x8;    // GCSET_CALLEVENT_MSK

// The first after `before` (nullptr: the first of all); nullptr: there is none.
GcParmData* nextParm(const GcParmBlk* block, const GcParmData* before);
CallAnalysis readAnalysis(const GcParmBlk* block);

}  // namespace standin
