import type { Memory } from './memory.ts';

/**
 * What goes first: a live person who waits for an agent, then what agents do, then what diallers report, then new
 * calls.
 */
export const importances = ['live', 'agent', 'report', 'poll'] as const;
export type Importance = (typeof importances)[number];

/**
 * Changes that wait for the end of this turn of the event loop, so that many wait for the disk once. Those of live
 * people have a turn of their own before others: what writes nothing waits for no disk.
 */
export interface GroupCommit {
  /**
   * Runs a change as a transaction of its own that is part of a larger one: it can fail by itself, and is in the store
   * when the promise resolves. Of one importance, what was said first runs first.
   */
  readonly soon: <T>(importance: Importance, run: () => T) => Promise<T>;
}

/** What it needs of the database. */
interface Transactions {
  readonly sqlite: { readonly inTransaction: boolean };
  readonly transaction: <T>(run: () => T) => T;
  readonly memory: Pick<Memory, 'afterwards'>;
}

interface Task {
  run: () => unknown;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

/** After so long no further change is begun in this turn: others wait for the event loop too. */
const turnMs = 8;

/** @param clock ms, for the length of turns */
export function createGroupCommit(
  { memory, sqlite, transaction }: Transactions,
  clock: () => number = () => performance.now(),
): GroupCommit {
  const waiting = importances.map((): Task[] => []);
  let asked = false;

  const [live = [], ...others] = waiting;
  /** The turn before was that of live people alone. */
  let wasLive = false;

  const runOne = ({ run, resolve, reject }: Task): void => {
    try {
      transaction(() => {
        const value = run();
        memory.afterwards(() => {
          resolve(value);
        });
      });
    } catch (error) {
      reject(error);
    }
  };

  /** Each is told when all of it is in the store. */
  const runTogether = (next: () => Task | undefined, taken: Task[]): void => {
    transaction(() => {
      const until = clock() + turnMs;
      for (let task = next(); task !== undefined; task = clock() < until ? next() : undefined) {
        const { run, resolve, reject } = task;
        taken.push(task);
        try {
          const value = transaction(run);
          memory.afterwards(() => {
            resolve(value);
          });
        } catch (error) {
          // Where the database itself fails, nothing of this turn is certain.
          if (!sqlite.inTransaction || isOfDatabase(error)) throw error;
          memory.afterwards(() => {
            reject(error);
          });
        }
      }
    });
  };

  /** One turn for the tasks of these queues, the first queue first. */
  const turn = (queues: readonly Task[][]) => {
    const next = () => queues.find((tasks) => tasks.length > 0)?.shift();
    const taken: Task[] = [];
    try {
      runTogether(next, taken);
    } catch (error) {
      // Not even a transaction can be begun: whoever waits is told, and nothing is tried again unasked.
      if (taken.length === 0) for (let task = next(); task !== undefined; task = next()) task.reject(error);
      else if (taken.length === 1) taken[0]?.reject(error);
      // One change that fails must not take others along: each is tried by itself.
      else for (const task of taken) runOne(task);
    }
  };

  const flush = () => {
    asked = false;
    // A live person waits for one turn of others at most; others are not put off for ever.
    wasLive = live.length > 0 && !(wasLive && others.some((tasks) => tasks.length > 0));
    turn(wasLive ? [live] : others);
    ask();
  };
  const ask = () => {
    if (asked || waiting.every((tasks) => tasks.length === 0)) return;
    asked = true;
    setImmediate(flush);
  };

  return {
    soon: <T>(importance: Importance, run: () => T) =>
      new Promise<T>((resolve, reject) => {
        waiting[importances.indexOf(importance)]?.push({
          run,
          resolve: resolve as (value: unknown) => void,
          reject,
        });
        ask();
      }),
  };
}

function isOfDatabase(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && code.startsWith('SQLITE_');
}
