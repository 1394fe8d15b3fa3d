import type { Board } from './board.ts';
import type { SimFault, SimGroundTruth } from './sim/config.ts';

/**
 * What only a simulated board has: an optional port beside the board's, for tests and the demo. Twin of
 * `native/board/sim/simulation.h`.
 */
export interface Simulation {
  /**
   * Moves a stepped clock on by `ms`, frame by frame; returns after the listener has had every event of that
   * time. What the listener commands takes effect in the frame in which it was called.
   *
   * @throws CodedError ILLEGAL_STATE when the clock is not stepped, or from within the listener
   */
  advance(ms: number): void;
  /** What every call so far really was, oldest first. */
  groundTruth(): SimGroundTruth[];
  /** Makes a fault happen; its times count from the opening of the board. */
  injectFault(fault: SimFault): void;
}

/** A board with its simulation. */
export interface SimulatedBoard extends Board {
  readonly simulation: Simulation;
}
