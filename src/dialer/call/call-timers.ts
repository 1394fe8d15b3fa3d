import type { BoardClock } from '../../board/board.ts';
import type { TimerName } from '../../domain/call/call-state.ts';

/** The timers of one call, by name, in board time. */
export interface CallTimers {
  /** Begins anew one that runs already. */
  start(name: TimerName, ms: number): void;
  cancel(name: TimerName): void;
  cancelAll(): void;
}

export function createCallTimers(clock: BoardClock, expired: (name: TimerName) => void): CallTimers {
  const running = new Map<TimerName, () => void>();
  return {
    start(name, ms) {
      running.get(name)?.();
      running.set(
        name,
        clock.after(ms, () => {
          running.delete(name);
          expired(name);
        }),
      );
    },
    cancel(name) {
      running.get(name)?.();
      running.delete(name);
    },
    cancelAll() {
      for (const cancel of running.values()) cancel();
      running.clear();
    },
  };
}
