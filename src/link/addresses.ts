import { CodedError } from '../domain/errors.ts';

/** Addresses of one server of which one works and the others stand by. */
export interface Addresses {
  /** Asks the one that answered last; when it cannot be reached the next question goes to the next one. */
  ask<T>(run: (base: string) => Promise<T>): Promise<T>;
}

export function createAddresses(bases: readonly [string, ...string[]]): Addresses {
  let at = 0;
  return {
    ask: async (run) => {
      const asked = at;
      try {
        return await run(bases[asked] ?? bases[0]);
      } catch (error) {
        const isAway = error instanceof CodedError && error.code === 'OCS_UNREACHABLE';
        // Others that were on their way have found it out too.
        if (isAway && at === asked) at = (asked + 1) % bases.length;
        throw error;
      }
    },
  };
}
