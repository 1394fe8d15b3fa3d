// So many known recordings that a channel pays for looking among them.
#pragma once

#include <memory>
#include <vector>

#include "calls.h"
#include "cpd/known/library.h"

namespace bench {

// Made of what is heard in the calls, each with some bits of every print turned: none of them is known to the calls,
// but all are made as theirs are. The same for the same seed.
std::shared_ptr<const cpd::known::Library> manyRecordings(const std::vector<Call>& calls, int count,
                                                          uint64_t seed);

}  // namespace bench
