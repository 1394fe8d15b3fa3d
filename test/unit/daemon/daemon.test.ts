import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Board } from '../../../src/board/board.ts';
import { createBoardKeeper } from '../../../src/daemon/cpdd/board-keeper.ts';
import { createRecentCalls } from '../../../src/daemon/cpdd/recent-calls.ts';
import { ReleaserStack } from '../../../src/daemon/releasers.ts';
import { onStopSignals } from '../../../src/daemon/signals.ts';
import { boardPulse, startWatchdog, watchdogIntervalMs } from '../../../src/daemon/watchdog.ts';
import type { CallEnd, Dialer } from '../../../src/dialer/contract.ts';
import { CodedError } from '../../../src/domain/errors.ts';

describe('a stack of releasers', () => {
  it('closes what was opened last first, and goes on when one fails', async () => {
    const closed: string[] = [];
    const failed: string[] = [];
    const stack = new ReleaserStack((name) => failed.push(name));
    stack.add('journal', () => void closed.push('journal'));
    stack.add('link', () => {
      throw new Error('no');
    });
    stack.add('board', () => Promise.resolve(void closed.push('board')));
    await stack.close();
    expect(closed).toEqual(['board', 'journal']);
    expect(failed).toEqual(['link']);
  });

  it('closes once, however often and whenever it is asked', async () => {
    const release = vi.fn();
    const stack = new ReleaserStack(() => undefined);
    stack.add('board', release);
    await Promise.all([stack.close(), stack.close()]);
    await stack.close();
    expect(release).toHaveBeenCalledTimes(1);
  });
});

describe('signals', () => {
  it('drains at the first, hangs up at the second, of either kind', () => {
    const source = new EventEmitter();
    const seen: string[] = [];
    const off = onStopSignals(source, {
      drain: (signal) => seen.push(`drain ${signal}`),
      hangUp: (signal) => seen.push(`hang up ${signal}`),
      reload: (signal) => seen.push(`reload ${signal}`),
    });
    source.emit('SIGHUP', 'SIGHUP');
    source.emit('SIGTERM', 'SIGTERM');
    source.emit('SIGINT', 'SIGINT');
    source.emit('SIGTERM', 'SIGTERM');
    expect(seen).toEqual(['reload SIGHUP', 'drain SIGTERM', 'hang up SIGINT']);
    off();
    expect(source.listenerCount('SIGHUP')).toBe(0);
    expect(source.listenerCount('SIGTERM') + source.listenerCount('SIGINT')).toBe(0);
  });
});

describe('the watchdog', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('takes half of the interval that systemd gives to this process', () => {
    expect(watchdogIntervalMs({ WATCHDOG_USEC: '30000000' }, 7)).toBe(15_000);
    expect(watchdogIntervalMs({ WATCHDOG_USEC: '30000000', WATCHDOG_PID: '7' }, 7)).toBe(15_000);
    expect(watchdogIntervalMs({ WATCHDOG_USEC: '30000000', WATCHDOG_PID: '8' }, 7)).toBeNull();
    expect(watchdogIntervalMs({}, 7)).toBeNull();
    expect(watchdogIntervalMs({ WATCHDOG_USEC: 'x' }, 7)).toBeNull();
  });

  it('speaks only while all is alive', () => {
    const said: string[] = [];
    let alive = true;
    const stop = startWatchdog(
      1_000,
      () => alive,
      (state) => said.push(state),
    );
    vi.advanceTimersByTime(2_000);
    expect(said).toEqual(['WATCHDOG=1', 'WATCHDOG=1']);
    alive = false;
    vi.advanceTimersByTime(5_000);
    expect(said).toHaveLength(2);
    alive = true;
    vi.advanceTimersByTime(1_000);
    expect(said).toHaveLength(3);
    stop();
    vi.advanceTimersByTime(5_000);
    expect(said).toHaveLength(3);
  });

  it('takes a board whose clock stands still for dead, unless it is stepped or not open', () => {
    let now: number | null = 0;
    const pulse = boardPulse(() => now, false);
    expect(pulse()).toBe(true);
    expect(pulse()).toBe(false);
    now = 20;
    expect(pulse()).toBe(true);
    now = null;
    expect(pulse()).toBe(true);
    const stepped = boardPulse(() => 0, true);
    expect([stepped(), stepped()]).toEqual([true, true]);
  });
});

describe('the board keeper', () => {
  /** What the keeper asks of board and dialler, written down. */
  function kept(opens: (() => Board)[]) {
    const seen: string[] = [];
    const timers: { ms: number; run: () => void }[] = [];
    let made = 0;
    const keeper = createBoardKeeper({
      openBoard: () => {
        const open = opens.shift();
        if (open === undefined) throw new Error('opened too often');
        return open();
      },
      createDialer: () => {
        const name = `dialler ${(made += 1)}`;
        return {
          start: () => seen.push(`${name} starts`),
          drain: () => Promise.resolve(void seen.push(`${name} drains`)),
          stop: (flushMs: number) => Promise.resolve(void seen.push(`${name} stops ${flushMs}`)),
          hangup: () => seen.push(`${name} hangs up`),
        } as unknown as Dialer;
      },
      opened: (again) => seen.push(again ? 'opened again' : 'opened'),
      recovery: { firstMs: 100, longestMs: 350 },
      after: (ms, run) => {
        const timer = { ms, run };
        timers.push(timer);
        return () => timers.splice(timers.indexOf(timer), 1);
      },
      log: { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() },
    });
    const board = (name: string) => () =>
      ({ now: () => 0, close: () => Promise.resolve(void seen.push(`${name} closes`)) }) as unknown as Board;
    const retry = async () => {
      const timer = timers.shift();
      timer?.run();
      for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
      return timer?.ms;
    };
    return { keeper, seen, timers, board, retry, opens };
  }

  const refuse = () => {
    throw new CodedError('BOARD_ERROR', 'the board does not open');
  };

  it('opens a dead board again after growing pauses, with a new dialler', async () => {
    const { keeper, seen, timers, board, retry, opens } = kept([]);
    const opened = () => {
      seen.push('board 2 opens');
      return board('board 2')();
    };
    opens.push(board('board 1'), refuse, refuse, refuse, opened);
    await keeper.open();
    keeper.died('hardware');
    keeper.died('hardware again');
    expect(keeper.fault()).toBe('the board failed: hardware');
    // Until another board is open, the old dialler delivers what it has.
    expect(seen).toEqual(['opened', 'dialler 1 starts']);
    expect(keeper.dialer()).not.toBeNull();
    expect([await retry(), await retry(), await retry(), await retry()]).toEqual([100, 200, 350, 350]);
    expect(timers).toEqual([]);
    expect(keeper.fault()).toBeNull();
    expect(seen).toEqual([
      // What the dead board holds is free before another is opened; its dialler delivers until then.
      ...['opened', 'dialler 1 starts', 'board 1 closes', 'board 2 opens'],
      ...['dialler 1 stops 0', 'opened again', 'dialler 2 starts'],
    ]);
  });

  it('says at the start what hinders it', async () => {
    const { keeper } = kept([refuse]);
    await expect(keeper.open()).rejects.toThrow('the board does not open');
    await keeper.close(0);
  });

  it('does not open a board any more while it drains', async () => {
    const { keeper, seen, timers, board, opens } = kept([]);
    opens.push(board('board 1'));
    await keeper.open();
    keeper.died('hardware');
    await keeper.drain();
    expect(timers).toEqual([]);
    await keeper.close(7);
    expect(seen).toEqual([
      ...['opened', 'dialler 1 starts', 'dialler 1 drains', 'dialler 1 stops 7', 'board 1 closes'],
    ]);
  });
});

describe('recent calls', () => {
  const end = (attemptId: string): CallEnd => ({
    attemptId,
    campaign: 'c',
    number: '*****12',
    test: false,
    outcome: null,
    handBack: 'drain',
    answerToVerdictMs: null,
    waitForAgentMs: null,
  });

  it('keeps the newest, in reverse order', () => {
    const calls = createRecentCalls(2);
    for (const id of ['a', 'b', 'c']) calls.add(end(id), new Date(0));
    expect(calls.list().map(({ attemptId }) => attemptId)).toEqual(['c', 'b']);
    expect(calls.find('a')).toBeUndefined();
    expect(calls.find('b')?.endedAt).toBe('1970-01-01T00:00:00.000Z');
  });
});
