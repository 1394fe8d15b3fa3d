import type { Board } from './board.ts';
import type { SimFault, SimTruth } from './sim-config.ts';

/** What the simulated board offers beside the port, to tests and the demo. */
export interface SimulatedBoard extends Board {
  /**
   * Moves a stepped clock on by `ms`, frame by frame; returns after the listener has had every event of that
   * time. What the listener commands takes effect in the frame in which it was called.
   *
   * @throws CodedError ILLEGAL_STATE when the clock is not stepped, or from within the listener
   */
  advance(ms: number): void;
  /** What every call so far really was, oldest first. */
  truths(): SimTruth[];
  /** Makes a fault happen; its times count from the opening of the board. */
  injectFault(fault: SimFault): void;
}
