// The simulated board: a board like any other, whose lines play real audio through the real detector.
#pragma once

#include <memory>

#include "board/board.h"
#include "board/sim/sim_config.h"
#include "board/sim/simulation.h"

namespace board::sim {

class SimBoard : public Board, public Simulation {};

// Channels are numbered from 1 across the trunks, spans (one a trunk) from 1. Throws std::invalid_argument,
// whose message names the field. open() throws std::runtime_error naming an audio file that cannot be read.
// The clock and its timers go on after the board died: they are those of the process. Not to be closed from
// within EventSink::post.
std::unique_ptr<SimBoard> makeSimBoard(Config config);

}  // namespace board::sim
