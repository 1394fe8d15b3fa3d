import type { Durability } from '../transactions/durability.ts';
import type { Changes } from './changes.ts';
import { CodedError } from '../../../domain/errors.ts';

/** How a set of changes was answered. */
export type Answer = 'kept' | 'fenced';

/**
 * The queue of writes. Transactions are decided on the working copy at once; what changed there is sent in sets, one at a
 * time, with all that came in meanwhile in the next. Effects of a transaction run when its set is kept. A set whose answer is
 * lost is sent again under its number, which the database takes once.
 */
export interface Lane extends Durability {
  /** Resolves when nothing is waiting any more, or rejects after `ms`. */
  drain(ms: number): Promise<void>;
  /** Number of the newest set that is kept. */
  newest(): number;
  /** Nothing is sent any more. Can be called twice. */
  close(): void;
}

export interface LaneOptions {
  changes: Changes;
  /** Writes a set. @throws when it is not known whether it was written */
  send(seq: number, set: string): Promise<Answer>;
  /** Number of the newest set there is. */
  newest: number;
  /** Another process owns the rows: nothing of what waits will ever be kept. */
  fenced(): void;
  /** Told once each time it does not get on, and when it does again (null). */
  told(trouble: string | null): void;
  /** ms, for waits. */
  clock?: () => number;
}

/** After so long without an answer what wrote nothing need not wait any more: people are on the line. ms. */
const slowMs = 200;
/** After so long without an answer nothing new is written. ms. */
const troubleMs = 3_000;
/** After so long whoever waits is told that it is not known whether it was written. ms. */
const patienceMs = 8_000;
/** Between two tries, growing. ms. */
const retryMs = { first: 50, most: 2_000 };

interface Effects {
  wrote: boolean;
  run: () => void;
}

export function createLane(options: LaneOptions): Lane {
  const { changes, send, fenced, told, clock = () => performance.now() } = options;
  let seq = options.newest;
  let newest = options.newest;
  /** What waits for the set that is on its way, and for the next one. */
  let onTheWay: Effects[] = [];
  let next: Effects[] = [];
  let sending = false;
  let asked = false;
  let closed = false;
  let since = 0;
  let why: string | null = null;
  let wasTold = false;

  const isIdle = () => !sending && next.length === 0 && !asked;
  const age = () => (sending ? clock() - since : 0);

  const runAll = (all: readonly Effects[]) => {
    for (const { run } of all) run();
  };

  const pump = async () => {
    asked = false;
    if (sending || closed) return;
    const set = changes.take();
    onTheWay = next;
    next = [];
    if (set !== null) {
      sending = true;
      since = clock();
      seq += 1;
      const answer = await sendUntilAnswered(seq, set);
      sending = false;
      why = null;
      if (wasTold) told(null);
      wasTold = false;
      if (answer === null) return;
      if (answer === 'fenced') {
        closed = true;
        fenced();
        return;
      }
      newest = seq;
    }
    const due = onTheWay;
    onTheWay = [];
    runAll(due);
    if (next.length > 0) ask();
  };
  const ask = () => {
    if (asked || sending || closed) return;
    asked = true;
    setImmediate(() => void pump());
  };

  /** @returns null when it was closed */
  const sendUntilAnswered = async (number: number, set: string): Promise<Answer | null> => {
    const slow = setTimeout(letReadersGo, slowMs);
    try {
      for (let wait = retryMs.first; !isClosed(); wait = Math.min(wait * 2, retryMs.most)) {
        try {
          return await send(number, set);
        } catch (error) {
          why = error instanceof Error ? error.message : String(error);
          if (!wasTold && age() > troubleMs) {
            wasTold = true;
            told(why);
          }
          await new Promise((resolve) => setTimeout(resolve, wait * (0.5 + Math.random() / 2)));
        }
      }
      return null;
    } finally {
      clearTimeout(slow);
    }
  };
  const isClosed = () => closed;

  /** Reservations for people on the line change nothing in the database. */
  const letReadersGo = () => {
    const readers = [...onTheWay, ...next].filter(({ wrote }) => !wrote);
    onTheWay = onTheWay.filter(({ wrote }) => wrote);
    next = next.filter(({ wrote }) => wrote);
    runAll(readers);
  };

  const keptWithin = (ms: number): Promise<void> | null => {
    if (isIdle()) return null;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(
          new CodedError('DATABASE_ERROR', 'it is not known yet whether the database has it; repeating it does no harm', {
            field: 'database',
            found: why ?? 'no answer',
            expected: 'an answer of the database',
          }),
        );
      }, ms);
      const run = () => {
        clearTimeout(timer);
        resolve();
      };
      next.push({ wrote: true, run });
      ask();
    });
  };

  return {
    committed: (wrote, run) => {
      if (!wrote && (isIdle() || age() > slowMs)) {
        run();
        return;
      }
      next.push({ wrote, run });
      ask();
    },
    kept: () => keptWithin(patienceMs),
    trouble: () => {
      if (closed) return 'another ocsd owns the campaigns now';
      return age() > troubleMs ? `PostgreSQL does not answer: ${why ?? 'no answer'}` : null;
    },
    drain: async (ms) => (await keptWithin(ms)) ?? undefined,
    newest: () => newest,
    close: () => {
      closed = true;
    },
  };
}
