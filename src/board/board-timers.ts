import { Deadlines } from './deadlines.ts';

/** The clock of the native board and its one timer. */
export interface NativeClock {
  /** Board ms. */
  now(): number;
  /** Lets the timer run out in so much board time; replaces what it was set to before. */
  arm(afterMs: number): void;
}

/**
 * Timers in board time. The native board, whose lock may be taken or whose process may be busy, is asked only for a
 * deadline sooner than all others, and for the next one when that is over.
 */
export class BoardTimers {
  readonly #clock: NativeClock;
  readonly #running = new Map<number, () => void>();
  readonly #deadlines = new Deadlines();
  #last = 0;
  /** The deadline that the native timer runs to, cancelled or not. */
  #armedFor = Infinity;

  constructor(clock: NativeClock) {
    this.#clock = clock;
  }

  /** As `BoardClock.after`. */
  after(ms: number, fn: () => void): () => void {
    this.#last += 1;
    const timer = this.#last;
    const dueAt = this.#clock.now() + Math.max(0, ms);
    this.#running.set(timer, fn);
    this.#deadlines.set(timer, dueAt);
    this.#armForNext();
    return () => {
      if (this.#running.delete(timer)) this.#deadlines.clear(timer, dueAt);
    };
  }

  /**
   * The native timer ran out.
   *
   * @param at board time
   * @returns the timers that are due, to be given to `run` in this order
   */
  ranOut(at: number): number[] {
    const due = this.#deadlines.take(at);
    this.#armedFor = Infinity;
    this.#armForNext();
    return due;
  }

  /** Calls the timer's function; nothing when it was cancelled. */
  run(timer: number): void {
    const fn = this.#running.get(timer);
    this.#running.delete(timer);
    fn?.();
  }

  clear(): void {
    this.#running.clear();
    this.#deadlines.clearAll();
  }

  #armForNext(): void {
    const { next } = this.#deadlines;
    if (next >= this.#armedFor) return;
    this.#armedFor = next;
    this.#clock.arm(Math.max(0, next - this.#clock.now()));
  }
}
