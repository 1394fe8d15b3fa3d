import { describe, expect, test } from 'vitest';
import { answer, bench, board, dial, request, useBench } from '../../support/dialer/stage.ts';
import { CodedError } from '../../../src/domain/errors.ts';
import type { Journal } from '../../../src/journal/journal.ts';
import { DialerBench } from '../../support/dialer/bench.ts';
import { ScriptedBoard } from '../../support/board/scripted-board.ts';
import { callResult } from '../../../src/domain/result.ts';
import { settle, shortSleep } from '../../support/dialer/fake-ocs.ts';

describe('the end of a dialler', () => {
  test('drain: nothing new, calls end, results are delivered; then it resolves', async () => {
    await dial(request('a-1'));
    let drained = false;
    const drain = bench.dialer.drain().then(() => {
      drained = true;
    });
    bench.ocs.offer(request('a-2'));
    await settle(20);
    expect(drained).toBe(false);
    // The pull that was under way may have brought it: then it went back.
    expect(board.did('seize')).toEqual([1]);
    if (bench.ocs.waiting === 0) expect(bench.ocs.ends('a-2')).toEqual([{ handBack: 'drain' }]);
    board.emit(1, { type: 'disconnected', cause: 17 });
    board.advance(1);
    await drain;
    expect(bench.ocs.ends('a-1')).toHaveLength(1);
    expect(bench.dialer.status().unacknowledged).toBe(0);
  });

  test('a hang-up while draining drops every call at once', async () => {
    await dial(request('a-1'), request('a-2', { announcement: 'sorry' }));
    answer(2);
    const drain = bench.dialer.drain();
    bench.dialer.hangup();
    expect(board.did('drop')).toEqual([1, 2]);
    board.advance(1);
    await drain;
    expect(bench.ocs.ends('a-1')[0]).toMatchObject({
      result: callResult.DroppedOnNoAnswer,
      status: 'dropped',
      reason: 'shutdown',
    });
    expect(bench.ocs.ends('a-2')[0]).toMatchObject({ status: 'abandoned', reason: 'shutdown' });
  });

  test('stop ends a drain that calls keep open', async () => {
    board.mute = true;
    await dial(request('a-1'));
    const drain = bench.dialer.drain();
    await bench.dialer.stop(0);
    await drain;
    expect(bench.dialer.status().mode).toBe('stopped');
  });

  test('stop can be called twice, and before start', async () => {
    await Promise.all([bench.dialer.stop(0), bench.dialer.stop(0)]);
    expect(bench.dialer.status().mode).toBe('stopped');
  });
});

describe('the end of a dialler whose journal cannot be written', () => {
  let broken = false;
  const said: [message: string, fields: object][] = [];
  const note = (fields: object, message: string) => {
    said.push([message, fields]);
  };
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: note };
  /** A flush that lasts until everything is delivered. */
  const longFlushMs = 60_000;

  /** A call is dialled, then the disk is full and the number is busy: nothing of that is in the journal. */
  async function endUnwritten(): Promise<void> {
    await bench.close();
    broken = false;
    said.length = 0;
    useBench(
      new DialerBench(new ScriptedBoard(2), {
        sleep: async (ms, signal) => {
          if (ms !== longFlushMs) await shortSleep(ms, signal);
          else await new Promise((resolve) => signal?.addEventListener('abort', resolve));
        },
      }),
    );
    await bench.dialer.stop(0);
    const inner = bench.journal;
    const fail = () => {
      if (broken) throw new CodedError('JOURNAL_ERROR', 'disk full');
    };
    const journal: Journal = {
      ...inner,
      accept: (attempts) => {
        fail();
        inner.accept(attempts);
      },
      commit: (writes) => {
        fail();
        return inner.commit(writes);
      },
    };
    bench.dialer = bench.create(journal, log);
    await dial(request('a-1'));
    broken = true;
    board.emit(1, { type: 'disconnected', cause: 17 });
    board.advance(1);
    expect(bench.dialer.status()).toMatchObject({ calls: 0, journal: 'failed' });
  }

  test.each(['drain', 'stop'] as const)('%s waits until it can be', async (end) => {
    await endUnwritten();
    let over = false;
    const ending = bench.dialer[end](longFlushMs).then(() => {
      over = true;
    });
    await settle(10);
    expect(over).toBe(false);
    expect(bench.ocs.ends('a-1')).toEqual([]);
    broken = false;
    board.advance(2_000);
    await ending;
    expect(bench.ocs.ends('a-1')).toMatchObject([{ result: callResult.Busy, status: 'released' }]);
    expect(bench.dialer.status().unacknowledged).toBe(0);
  });

  test('stop tries a last time when its time is over', async () => {
    await endUnwritten();
    broken = false;
    await bench.dialer.stop(0);
    expect(bench.journal.unacknowledged(10, 10_000).map(({ kind }) => kind)).toContain('outcome');
    expect(said.map(([message]) => message)).not.toContain('the outcome of a call is lost');
  });

  test('what is lost then is told', async () => {
    await endUnwritten();
    const waited = bench.dialer.drain();
    await bench.dialer.stop(0);
    await waited;
    expect(said).toContainEqual([
      'the outcome of a call is lost',
      { attemptId: 'a-1', result: callResult.Busy, status: 'released', reason: null },
    ]);
    expect(said.at(-1)).toEqual([
      expect.stringContaining('these reports are lost'),
      {
        reports: expect.any(Number) as number,
        err: expect.objectContaining({ code: 'JOURNAL_ERROR' }) as Error,
      },
    ]);
    // Nothing is tried after the end.
    broken = false;
    board.advance(60_000);
    expect(bench.journal.unacknowledged(10, 10_000).map(({ kind }) => kind)).not.toContain('outcome');
  });
});
