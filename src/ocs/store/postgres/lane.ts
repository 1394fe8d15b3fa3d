import { taken } from './ownership.ts';
import { createSender, troubleMs, type SenderOptions } from './sender.ts';
import type { Durability } from '../transactions/durability.ts';
import type { Changes } from './changes.ts';
import { CodedError } from '../../../domain/errors.ts';

/**
 * The queue of writes. Transactions are decided on the working copy at once; what changed there is sent in sets, one at a
 * time, with all that came in meanwhile in the next. Effects of a transaction run when its set is kept. A set whose answer is
 * lost is sent again under its number, which the database takes once.
 */
export interface Lane extends Durability {
  /** Resolves when nothing is waiting any more, or rejects after `ms`. */
  drain(ms: number): Promise<void>;
  /** Sends what was changed outside of a transaction, if anything was. */
  flush(): void;
  /** Number of the newest set that is kept. */
  newest(): number;
  /** Nothing is sent any more. Can be called twice. */
  close(): void;
}

export interface LaneOptions extends SenderOptions {
  readonly changes: Changes;
  /** Number of the newest set there is. */
  readonly newest: number;
  /** Another process owns the rows: nothing of what waits will ever be kept. */
  readonly fenced: () => void;
  /** The database has not got any more what it had kept. */
  readonly lost: () => void;
}

/** After so long without an answer what wrote nothing need not wait any more: people are on the line. ms. */
const slowMs = 200;
/** After so long whoever waits is told that it is not known whether it was written. ms. */
const patienceMs = 8_000;

/** Between two looks at a working copy that cannot be read. ms. */
const unreadableMs = 1_000;

interface Effects {
  wrote: boolean;
  run: () => void;
}

export function createLane(options: LaneOptions): Lane {
  const { changes, fenced, lost } = options;
  let seq = options.newest;
  let newest = options.newest;
  /** What waits for the set that is on its way, and for the next one. */
  let onTheWay: Effects[] = [];
  let next: Effects[] = [];
  let asked = false;
  let closed = false;
  let unreadable: string | null = null;
  const sender = createSender(options);

  const isIdle = () => !sender.sending() && next.length === 0 && !asked;

  const runAll = (all: readonly Effects[]) => {
    for (const { run } of all) run();
  };

  const pump = async () => {
    asked = false;
    if (sender.sending() || closed) return;
    let set: string | null;
    try {
      set = changes.take();
    } catch (error) {
      unreadable = `the working copy cannot be read: ${(error as Error).message}`;
      options.told(unreadable);
      letReadersGo();
      setTimeout(ask, unreadableMs);
      return;
    }
    unreadable = null;
    onTheWay = next;
    next = [];
    if (set !== null) {
      seq += 1;
      const slow = setTimeout(letReadersGo, slowMs);
      const answer = await sender.send(seq, set, () => closed);
      clearTimeout(slow);
      if (answer === null) return;
      if (answer !== 'kept') {
        closed = true;
        letReadersGo();
        if (answer === 'fenced') fenced();
        else lost();
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
    if (asked || sender.sending() || closed) return;
    asked = true;
    setImmediate(() => void pump());
  };

  /** Reservations for people on the line change nothing in the database. */
  const letReadersGo = () => {
    const readers = [...onTheWay, ...next].filter(({ wrote }) => !wrote);
    onTheWay = onTheWay.filter(({ wrote }) => wrote);
    next = next.filter(({ wrote }) => wrote);
    runAll(readers);
  };

  const keptWithin = (ms: number): Promise<void> | null => {
    if (closed) return Promise.reject(notOurs());
    if (isIdle()) return null;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(
          new CodedError(
            'DATABASE_ERROR',
            'it is not known yet whether the database has it; repeating it does no harm',
            {
              field: 'database',
              found: sender.why() ?? 'no answer',
              expected: 'an answer of the database',
            },
          ),
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
      if (!wrote && (isIdle() || closed || unreadable !== null || sender.age() >= slowMs)) {
        run();
        return;
      }
      next.push({ wrote, run });
      ask();
    },
    kept: () => keptWithin(patienceMs),
    trouble: () => {
      if (closed) return taken;
      if (unreadable !== null) return unreadable;
      return sender.age() > troubleMs ? `PostgreSQL does not answer: ${sender.why() ?? 'no answer'}` : null;
    },
    drain: async (ms) => {
      await keptWithin(ms);
    },
    flush: ask,
    newest: () => newest,
    close: () => {
      closed = true;
    },
  };
}

function notOurs(): CodedError {
  return new CodedError('DATABASE_ERROR', taken, { field: 'database' });
}
