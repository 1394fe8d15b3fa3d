import { setTimeout as wait } from 'node:timers/promises';
import type { Sleep } from './backoff.ts';

/** Waits by the machine's clock. */
export const wallSleep: Sleep = async (ms, signal) => {
  try {
    await wait(ms, undefined, { signal });
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  }
};
