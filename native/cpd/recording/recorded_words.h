// Observations and evidence as bytes of a recording, and as words for people.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "cpd/detector.h"

namespace cpd {

// Equal exactly if all fields are, bit for bit.
std::vector<uint8_t> recordedBytes(const Observation& observation);
std::vector<uint8_t> recordedBytes(const Evidence& evidence);

// Field by field; `kind` is the step's letter, `O` or `V`. Throws std::invalid_argument for what is neither.
std::string describeRecorded(char kind, std::span<const uint8_t> said);

}  // namespace cpd
