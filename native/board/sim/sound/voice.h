// A speech-like voice without any recording: glottal pulses through formants, hisses between them, in
// syllables and phrases. Not intelligible; it has the envelope, pitch and spectrum that a speech detector
// goes by. Used where a world names no WAV files.
#pragma once

#include <cstdint>
#include <vector>

namespace board::sim {

// About `ms` of speech in phrases of at most `phraseMs` with `pauseMs` between them; the same for the same
// seed. 8 kHz, about -20 dBm0.
std::vector<int16_t> synthesizeVoice(uint64_t seed, int32_t ms, int32_t phraseMs, int32_t pauseMs);

}  // namespace board::sim
