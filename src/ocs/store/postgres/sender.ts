import { createBackoff } from '../../../link/backoff.ts';

/** How a set of changes was answered. */
export type Answer = 'kept' | 'fenced' | 'gap';

export interface SenderOptions {
  /** Writes a set. @throws when it is not known whether it was written */
  readonly send: (seq: number, set: string) => Promise<Answer>;
  /** Told once each time it does not get on, and when it does again (null). */
  readonly told: (trouble: string | null) => void;
  /** The database refuses this set whatever is done: told after several tries, with what it said. */
  readonly refused: (why: string) => void;
  /** ms, for waits. */
  readonly clock?: () => number;
}

/** Sends one set at a time, again and again under its number until there is an answer. */
export interface Sender {
  /** @returns null when it was given up */
  send(seq: number, set: string, givenUp: () => boolean): Promise<Answer | null>;
  sending(): boolean;
  /** How long the set that is on its way is on its way, ms. */
  age(): number;
  /** What the last try said, until there is an answer. */
  why(): string | null;
}

/** After so long without an answer nothing new is written. ms. */
export const troubleMs = 3_000;
/** Between two tries, growing. ms. */
const retry = { firstMs: 50, longestMs: 2_000 };

/** Tries after which a set that is refused for what is in it counts as one that will never be taken. */
const mostRefusals = 5;

export function createSender({
  send,
  told,
  refused,
  clock = () => performance.now(),
}: SenderOptions): Sender {
  let since: number | null = null;
  let why: string | null = null;
  let wasTold = false;
  const age = () => (since === null ? 0 : clock() - since);
  let refusals = 0;
  const failed = (error: unknown) => {
    refusals = isForGood(error) ? refusals + 1 : 0;
    why = error instanceof Error ? error.message : String(error);
    if (refusals === mostRefusals) refused(why);
    if (wasTold || age() <= troubleMs) return;
    wasTold = true;
    told(why);
  };
  const answered = () => {
    since = null;
    why = null;
    refusals = 0;
    if (wasTold) told(null);
    wasTold = false;
  };
  return {
    send: async (seq, set, givenUp) => {
      since = clock();
      const backoff = createBackoff(retry, Math.random);
      while (!givenUp()) {
        try {
          const answer = await send(seq, set);
          answered();
          return answer;
        } catch (error) {
          failed(error);
          await pause(backoff.next());
        }
      }
      return null;
    },
    sending: () => since !== null,
    age,
    why: () => why,
  };
}

/** For what is in the set or who sends it, as opposed to how the server is. */
function isForGood(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^(22|23|42|54)...$/.test(code);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
