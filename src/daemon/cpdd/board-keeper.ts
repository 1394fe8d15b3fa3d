import type { Board } from '../../board/board.ts';
import type { Dialer } from '../../dialer/contract.ts';
import type { Log } from '../../domain/log.ts';

export interface BoardKeeperOptions {
  openBoard: () => Board | Promise<Board>;
  /** Makes a dialler on a board; not started yet. */
  createDialer: (board: Board) => Dialer;
  /** Pauses before a dead board is opened again: doubled from the first to the longest. */
  recovery: { firstMs: number; longestMs: number };
  after: (ms: number, run: () => void) => () => void;
  log: Log;
  /** A board is open, its dialler not started yet; `again` from the second board on. */
  opened?: (again: boolean) => void;
}

/**
 * Keeps a board open with a dialler on it. When the board dies its dialler ends the calls and goes on
 * delivering their reports, until a board is open again and a new dialler takes its place.
 */
export interface BoardKeeper {
  /** Opens for the first time and starts to pull. @throws what the board throws */
  open(): Promise<void>;
  /** To be told by the dialler's observer. */
  died(reason: string): void;
  board(): Board | null;
  dialer(): Dialer | null;
  /** Why no board is open; null while one is. */
  fault(): string | null;
  /** No new requests; resolves when the calls ended and their reports were delivered. */
  drain(): Promise<void>;
  hangup(): void;
  /** Ends all: calls, delivery (after `flushMs`), and attempts to open the board. */
  close(flushMs: number): Promise<void>;
}

export function createBoardKeeper(options: BoardKeeperOptions): BoardKeeper {
  const { log, recovery } = options;
  let board: Board | null = null;
  let dialer: Dialer | null = null;
  let fault: string | null = null;
  let ending = false;
  let pauseMs = recovery.firstMs;
  let cancelRetry = () => {};
  /** One change of board at a time; closing waits for it. */
  let change: Promise<void> = Promise.resolve();

  const openNew = async () => {
    await closeDead();
    const fresh = await options.openBoard();
    if (ending) {
      await fresh.close();
      return;
    }
    const again = dialer !== null;
    await dialer?.stop(0).catch((error: unknown) => {
      log.warn({ err: error }, 'the dialler of the failed board did not stop cleanly');
    });
    board = fresh;
    dialer = options.createDialer(fresh);
    fault = null;
    options.opened?.(again);
    dialer.start();
  };

  /**
   * What a dead board still holds (the vendor's libraries, a port, its process) may be what the new one needs. Its
   * dialler goes on delivering reports until a board is open.
   */
  const closeDead = async () => {
    const dead = board;
    board = null;
    try {
      await dead?.close();
    } catch (error) {
      log.warn({ err: error }, 'the failed board did not close cleanly');
    }
  };

  const retryLater = () => {
    if (ending) return;
    log.info({ pauseMs }, 'the board will be opened again');
    cancelRetry = options.after(pauseMs, () => {
      change = change.then(async () => {
        if (ending) return;
        try {
          await openNew();
          log.info({}, 'the board is open again');
        } catch (error) {
          fault = error instanceof Error ? error.message : String(error);
          log.error({ err: error }, 'the board cannot be opened');
          retryLater();
        }
      });
    });
    pauseMs = Math.min(pauseMs * 2, recovery.longestMs);
  };

  return {
    open: () => (change = openNew()),
    died: (reason) => {
      if (fault !== null) return;
      fault = `the board failed: ${reason}`;
      log.error({ reason }, 'the board failed');
      // A board that lived for long enough earned a quick retry; one that dies at once waits longer each time.
      if ((board?.now() ?? 0) > recovery.longestMs) pauseMs = recovery.firstMs;
      retryLater();
    },
    board: () => board,
    dialer: () => dialer,
    fault: () => fault,
    drain: async () => {
      ending = true;
      cancelRetry();
      await change;
      await dialer?.drain();
    },
    hangup: () => dialer?.hangup(),
    close: async (flushMs) => {
      ending = true;
      cancelRetry();
      await change.catch(() => undefined);
      try {
        await dialer?.stop(flushMs);
      } finally {
        await board?.close();
      }
    },
  };
}
