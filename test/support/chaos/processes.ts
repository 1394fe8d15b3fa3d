import { AsyncLocalStorage } from 'node:async_hooks';

/** A process of the scenario. All that it begins (timers, promises) knows whose it is. */
export interface Process {
  readonly name: string;
  /** How much its clock is ahead, ms; what it says of durations is right. */
  readonly aheadMs: number;
  /** False from its death on: nothing that it does reaches anything. */
  alive: boolean;
  /** Stands still until then (SIGSTOP), in virtual ms. */
  frozenUntil: number;
}

export function newProcess(name: string, aheadMs: number): Process {
  return { name, aheadMs, alive: true, frozenUntil: 0 };
}

const here = new AsyncLocalStorage<Process>();

export function runAs<T>(process: Process, run: () => T): T {
  return here.run(process, run);
}

/** Whose code runs now; null for the world around. */
export function thisProcess(): Process | null {
  return here.getStore() ?? null;
}

interface Timer {
  at: number;
  order: number;
  run: (() => void) | null;
  process: Process | null;
}

/** When it begins, in ms since 1970: a Monday. */
const start = Date.UTC(2026, 0, 5, 17);

/**
 * The time of everything in this thread: it passes only when all that can happen at one moment has happened. While it is
 * installed the timers and clocks of JavaScript are these; what Node does by itself keeps its own.
 */
export class VirtualTime {
  private elapsed = 0;
  private order = 0;
  private readonly heap: Timer[] = [];
  private pending = 0;
  private busy = 0;
  private readonly real = {
    setTimeout,
    clearTimeout,
    setInterval,
    clearInterval,
    setImmediate,
    dateNow: Date.now.bind(Date),
  };

  install(): void {
    const { setImmediate: immediate } = this.real;
    const later = (run: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) =>
      this.handle(
        this.add(ms, () => {
          run(...args);
        }),
      );
    const again = (run: () => void, ms = 0) => {
      const handle = this.handle(null);
      const next = () => {
        handle.timer = this.add(Math.max(1, ms), () => {
          next();
          run();
        });
      };
      next();
      return handle;
    };
    const clear = (handle: { timer?: Timer | null } | undefined | null) => {
      if (handle?.timer) handle.timer.run = null;
    };
    const soon = (run: (...args: unknown[]) => void, ...args: unknown[]) => {
      this.pending += 1;
      return immediate(() => {
        this.pending -= 1;
        run(...args);
      });
    };
    Object.assign(globalThis, {
      setTimeout: later,
      clearTimeout: clear,
      setInterval: again,
      clearInterval: clear,
      setImmediate: soon,
    });
    Date.now = () => start + this.elapsed + (thisProcess()?.aheadMs ?? 0);
    performance.now = () => this.elapsed;
  }

  restore(): void {
    const { dateNow, ...timers } = this.real;
    Object.assign(globalThis, timers);
    Date.now = dateNow;
    Reflect.deleteProperty(performance, 'now');
  }

  /** Virtual ms since the start. */
  now(): number {
    return this.elapsed;
  }

  /** Nobody's timer: it fires whoever has died. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.add(ms, resolve, null));
  }

  /** Something of the real world (a database) is asked: no time passes before its answer. */
  async outside<T>(run: () => Promise<T>): Promise<T> {
    this.busy += 1;
    try {
      return await run();
    } finally {
      this.busy -= 1;
    }
  }

  /** All that can happen now happens. */
  async settle(): Promise<void> {
    for (let calm = 0; calm < 3;) {
      await new Promise((resolve) => this.real.setImmediate(resolve));
      calm = this.pending === 0 && this.busy === 0 ? calm + 1 : 0;
    }
  }

  /** Goes on to the next moment at which anything is due, and through it. */
  async step(): Promise<void> {
    await this.settle();
    let next = this.pop();
    while (next?.run === null) next = this.pop();
    if (next === undefined) {
      // A module is being loaded, a thread is at work.
      await new Promise((resolve) => this.real.setTimeout(resolve, 1));
      return;
    }
    this.elapsed = Math.max(this.elapsed, next.at);
    this.fire(next);
    for (let more = this.heap[0]; more !== undefined && more.at <= this.elapsed; more = this.heap[0]) {
      const due = this.pop();
      if (due !== undefined) this.fire(due);
    }
  }

  private fire(timer: Timer): void {
    const { process, run } = timer;
    if (run === null) return;
    if (process === null) {
      run();
      return;
    }
    if (process.frozenUntil > this.elapsed) {
      timer.at = process.frozenUntil;
      this.push(timer);
      return;
    }
    timer.run = null;
    runAs(process, run);
  }

  private add(ms: number, run: () => void, process = thisProcess()): Timer {
    const wait = Number.isFinite(ms) && ms > 0 ? ms : 1;
    const timer = { at: this.elapsed + wait, order: this.order++, run, process };
    this.push(timer);
    return timer;
  }

  private handle(timer: Timer | null) {
    const handle: { timer: Timer | null; [name: string]: unknown } = { timer };
    const self = () => handle;
    return Object.assign(handle, { ref: self, unref: self, hasRef: () => true, refresh: self, close: self });
  }

  private push(timer: Timer): void {
    const { heap } = this;
    heap.push(timer);
    for (let at = heap.length - 1; at > 0;) {
      const up = (at - 1) >> 1;
      if (!this.swapped(up, at)) return;
      at = up;
    }
  }

  private pop(): Timer | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    heap[0] = last;
    for (let at = 0; ;) {
      const left = 2 * at + 1;
      const least = this.isBefore(heap[left + 1], heap[left]) ? left + 1 : left;
      if (least >= heap.length || !this.swapped(at, least)) return first;
      at = least;
    }
  }

  /** Puts the earlier one of two places up. @returns whether they were the wrong way round */
  private swapped(up: number, down: number): boolean {
    const { heap } = this;
    const [a, b] = [heap[up], heap[down]];
    if (a === undefined || b === undefined || !this.isBefore(b, a)) return false;
    heap[up] = b;
    heap[down] = a;
    return true;
  }

  private isBefore(a: Timer | undefined, b: Timer | undefined): boolean {
    if (a === undefined || b === undefined) return a !== undefined;
    return a.at < b.at || (a.at === b.at && a.order < b.order);
  }
}
