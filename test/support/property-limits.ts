import fc from 'fast-check';

/**
 * A property that fails is made smaller by running it again and again, which may take an hour where one run takes a
 * second: after so long it ends with the smallest counterexample so far. One that has not failed by then is reported
 * as too slow, not as passed. Wall-clock ms.
 *
 * CI draws the same examples each time: it is to tell what a change broke. Elsewhere each run draws others.
 */
fc.configureGlobal({
  interruptAfterTimeLimit: 600_000,
  markInterruptAsFailure: true,
  ...(process.env['CI'] === undefined ? {} : { seed: 1 }),
});
