// Music by seed: what plays while a call waits, in place of ringing, or behind a person.
#pragma once

#include "sweep/line_simulation.h"

namespace sweep {

// A piece of its own tempo, scale and instruments: bass, chords, a melody, drums, or some of these. Telephone
// band; loudest at 16 bit full scale / 4.
Sound playMusic(double ms, Random& random);

}  // namespace sweep
