/** How a set of changes was answered. */
export type Answer = 'kept' | 'fenced';

export interface SenderOptions {
  /** Writes a set. @throws when it is not known whether it was written */
  readonly send: (seq: number, set: string) => Promise<Answer>;
  /** Told once each time it does not get on, and when it does again (null). */
  readonly told: (trouble: string | null) => void;
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
const retryMs = { first: 50, most: 2_000 };

export function createSender({ send, told, clock = () => performance.now() }: SenderOptions): Sender {
  let since: number | null = null;
  let why: string | null = null;
  let wasTold = false;
  const age = () => (since === null ? 0 : clock() - since);
  const failed = (error: unknown) => {
    why = error instanceof Error ? error.message : String(error);
    if (wasTold || age() <= troubleMs) return;
    wasTold = true;
    told(why);
  };
  const answered = () => {
    since = null;
    why = null;
    if (wasTold) told(null);
    wasTold = false;
  };
  return {
    send: async (seq, set, givenUp) => {
      since = clock();
      for (let wait = retryMs.first; !givenUp(); wait = Math.min(wait * 2, retryMs.most)) {
        try {
          const answer = await send(seq, set);
          answered();
          return answer;
        } catch (error) {
          failed(error);
          await new Promise((resolve) => setTimeout(resolve, wait * (0.5 + Math.random() / 2)));
        }
      }
      return null;
    },
    sending: () => since !== null,
    age,
    why: () => why,
  };
}
