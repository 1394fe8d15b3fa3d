import { beforeEach, describe, expect, test } from 'vitest';
import { createJournalBuffer } from '../../../src/dialer/journal-buffer.ts';
import { CodedError } from '../../../src/domain/errors.ts';
import type { JournalWrite } from '../../../src/journal/journal.ts';
import { bench, board, request } from '../../support/dialer/stage.ts';
import { settle } from '../../support/dialer/fake-ocs.ts';
import { ScriptedBoard } from '../../support/board/scripted-board.ts';
import { silentLog } from '../../support/silent-log.ts';

describe('while the journal cannot be written', () => {
  test('nothing is dialled', async () => {
    await bench.dialer.stop(0);
    let broken = true;
    const inner = bench.journal;
    const journal = {
      ...inner,
      accept: (attempts: Parameters<typeof inner.accept>[0]) => {
        if (broken) throw new CodedError('JOURNAL_ERROR', 'disk full');
        inner.accept(attempts);
      },
    };
    bench.dialer = bench.create(journal);
    bench.ocs.offer(request('a-1'));
    bench.dialer.start();
    await bench.until(() => bench.dialer.status().journal === 'failed', 'noticed');
    await bench.until(() => bench.ocs.questions.at(-1)?.free === 0, 'no free channels');
    expect(board.commands).toEqual([]);
    broken = false;
    board.advance(2_000);
    bench.ocs.offer(request('a-1'));
    await bench.until(() => board.did('seize').length === 1, 'dialling again');
  });

  test('the log says so when it begins, each minute while it lasts, and when it is over', async () => {
    await bench.dialer.stop(0);
    let broken = true;
    const inner = bench.journal;
    const journal = {
      ...inner,
      accept: (attempts: Parameters<typeof inner.accept>[0]) => {
        if (broken) throw new CodedError('JOURNAL_ERROR', 'disk full');
        inner.accept(attempts);
      },
    };
    const said: string[] = [];
    const note = (_fields: object, message: string) => {
      if (message.includes('journal') || message.includes('reply to a pull')) said.push(message);
    };
    const log = { debug: note, info: note, warn: note, error: note };
    bench.dialer = bench.create(journal, log);
    bench.dialer.start();
    bench.ocs.offer(request('a-1'));
    await bench.until(() => bench.dialer.status().journal === 'failed', 'noticed');
    const begin = [
      'the journal cannot be written; nothing new is dialled',
      'the reply to a pull could not be processed',
    ];
    await settle(5);
    expect(said).toEqual(begin);
    for (let second = 2; second <= 130; second += 2) board.advance(2_000);
    const still = 'the journal still cannot be written';
    expect(said).toEqual([...begin, still, still]);
    broken = false;
    board.advance(2_000);
    expect(said).toEqual([...begin, still, still, 'the journal can be written again']);
  });

  test('a call that cannot be recorded is not dialled; what it has to say is written when the disk is back', async () => {
    await bench.dialer.stop(0);
    let broken = false;
    const fail = () => {
      if (broken) throw new CodedError('JOURNAL_ERROR', 'disk full');
    };
    const inner = bench.journal;
    const journal = {
      ...inner,
      accept: (attempts: Parameters<typeof inner.accept>[0]) => {
        fail();
        inner.accept(attempts);
      },
      commit: (writes: Parameters<typeof inner.commit>[0]) => {
        fail();
        return inner.commit(writes);
      },
    };
    bench.dialer = bench.create(journal);
    bench.ocs.offer(request('a-1'));
    bench.dialer.start();
    await bench.until(() => board.did('seize').length === 1, 'seized');
    broken = true;
    board.advance(10);
    expect(board.did('dial')).toEqual([]);
    expect(bench.dialer.status()).toMatchObject({ calls: 0, journal: 'failed' });
    broken = false;
    board.advance(2_000);
    await bench.until(() => bench.ocs.ends('a-1').length === 1, 'handed back');
    expect(bench.ocs.ends('a-1')).toEqual([{ handBack: 'JOURNAL_ERROR' }]);
  });
});

describe('what one turn of the board brings', () => {
  test('is written in one transaction, and dialled when that is on the disk', async () => {
    await bench.dialer.stop(0);
    const inner = bench.journal;
    const commits: string[][] = [];
    const dialledBefore: number[] = [];
    const journal = {
      ...inner,
      commit: (writes: Parameters<typeof inner.commit>[0]) => {
        commits.push(writes.map((write) => (write.kind === 'report' ? write.body.kind : write.kind)));
        dialledBefore.push(board.did('dial').length);
        return inner.commit(writes);
      },
    };
    bench.dialer = bench.create(journal);
    bench.ocs.offer(request('a-1'), request('a-2'));
    bench.dialer.start();
    await bench.until(() => board.did('seize').length === 2, 'seized');
    commits.length = 0;
    dialledBefore.length = 0;
    board.turn(() => {
      board.emit(1, { type: 'seized' });
      board.emit(2, { type: 'seized' });
    });
    expect(commits).toEqual([['milestone', 'milestone', 'dialling', 'milestone', 'milestone', 'dialling']]);
    expect(dialledBefore).toEqual([0]);
    expect(board.did('dial')).toEqual([1, 2]);
  });

  test('a call that was let go while its mark was on its way to the disk is not dialled', async () => {
    bench.ocs.offer(request('a-1'));
    bench.dialer.start();
    await bench.until(() => board.did('seize').length === 1, 'seized');
    board.turn(() => {
      board.emit(1, { type: 'seized' });
      board.emit(1, { type: 'disconnected', cause: 41 });
    });
    expect(board.did('dial')).toEqual([]);
    expect(board.did('drop')).toEqual([1]);
  });

  test('a board that dies in the turn that seized its channels has dialled nothing: all is handed back', async () => {
    bench.ocs.offer(request('a-1'), request('a-2'));
    bench.dialer.start();
    await bench.until(() => board.did('seize').length === 2, 'seized');
    board.emit(1, { type: 'seized' });
    board.turn(() => {
      board.emit(2, { type: 'seized' });
      board.emit(1, { type: 'dead', reason: 'gone' }, 0);
    });
    await bench.until(() => bench.dialer.status().unacknowledged === 0, 'told');
    expect(board.did('dial')).toEqual([1]);
    expect(bench.ocs.ends('a-1')).toMatchObject([{ status: 'dropped', reason: 'board_dead' }]);
    expect(bench.ocs.ends('a-2')).toEqual([{ handBack: 'board_dead' }]);
  });
});

describe('with a disk that is slow', () => {
  type Done = (error: CodedError | null) => void;
  /** Who waits for the disk. */
  let waiting: Done[];
  const answer = (error: CodedError | null = null) => {
    for (const done of waiting.splice(0)) done(error);
  };
  const broken = new CodedError('JOURNAL_ERROR', 'the disk is gone');

  beforeEach(async () => {
    await bench.dialer.stop(0);
    waiting = [];
    const onDisk = (done: Done) => void waiting.push(done);
    bench.dialer = bench.create({ ...bench.journal, onDisk });
  });
  const seizeOne = async (attemptId: string) => {
    bench.ocs.offer(request(attemptId));
    bench.dialer.start();
    await bench.until(() => board.did('seize').length === 1, 'seized');
    answer();
    board.turn(() => {
      board.emit(1, { type: 'seized' });
    });
  };

  test('a number goes to the board when its mark is on the disk', async () => {
    await seizeOne('a-1');
    expect(bench.journal.stateOf('a-1')).toBe('dialling');
    expect(board.did('dial')).toEqual([]);
    answer();
    expect(board.did('dial')).toEqual([1]);
  });

  test('a call that was let go meanwhile is not dialled', async () => {
    await seizeOne('a-1');
    board.emit(1, { type: 'disconnected', cause: 41 });
    answer();
    expect(board.did('dial')).toEqual([]);
    expect(board.did('drop')).toEqual([1]);
  });

  test('a mark that does not reach the disk is dialled no more than one that was not written', async () => {
    await seizeOne('a-1');
    answer(broken);
    board.advance(10);
    expect(board.did('dial')).toEqual([]);
    expect(bench.dialer.status()).toMatchObject({ calls: 0, journal: 'failed' });
    board.advance(2_000);
    expect(bench.dialer.status().journal).toBe('failed');
    answer(broken);
    expect(bench.dialer.status().journal).toBe('failed');
    board.advance(2_000);
    answer();
    expect(bench.dialer.status().journal).toBe('ok');
    await bench.until(() => bench.ocs.ends('a-1').length === 1, 'told');
    expect(bench.ocs.ends('a-1')).toEqual([{ handBack: 'JOURNAL_ERROR' }]);
  });

  test('what is said while the disk is tried again is written before it counts as sound', () => {
    const written: number[] = [];
    const clock = new ScriptedBoard(1);
    const buffer = createJournalBuffer({
      journal: {
        ...bench.journal,
        accept: () => {},
        commit: (writes: readonly JournalWrite[]) =>
          writes.map((write) => {
            if (write.kind === 'report' && write.body.kind === 'milestone') written.push(write.body.atMs);
            return null;
          }),
        onDisk: (done: Done) => void waiting.push(done),
      },
      clock,
      log: silentLog,
      stored: () => {},
      failed: () => {},
    });
    const report = (atMs: number) => buffer.report('a', { kind: 'milestone', name: 'ringing', atMs });
    report(1);
    answer(broken);
    report(2);
    clock.advance(2_000);
    report(3);
    expect(written).toEqual([1, 2]);
    answer();
    expect(written).toEqual([1, 2, 3]);
    expect(buffer.state).toBe('failed');
    answer();
    expect(buffer).toMatchObject({ state: 'ok', unwritten: 0 });
  });

  test('what the last run left is told once it is on the disk, though nothing new is said', async () => {
    bench.journal.accept([{ attemptId: 'a-1', request: {} }]);
    let isOnDisk = false;
    bench.dialer = bench.create({
      ...bench.journal,
      onDisk: (done: Done) =>
        void waiting.push((error) => {
          isOnDisk = true;
          done(error);
        }),
      unacknowledged: (limit, bytes) => (isOnDisk ? bench.journal.unacknowledged(limit, bytes) : []),
    });
    bench.dialer.start();
    await settle(5);
    expect(bench.ocs.ends('a-1')).toEqual([]);
    answer();
    await bench.until(() => bench.ocs.ends('a-1').length === 1, 'told');
    expect(bench.ocs.ends('a-1')).toEqual([{ handBack: 'restart' }]);
  });

  test('the end of a drained dialler waits for what it has to say to be on the disk, and told', async () => {
    await seizeOne('a-1');
    let drained = false;
    void bench.dialer.drain().then(() => (drained = true));
    board.emit(1, { type: 'released' });
    await settle(5);
    expect(drained).toBe(false);
    await bench.until(() => {
      answer();
      return drained;
    }, 'drained');
    expect(bench.ocs.ends('a-1')).toHaveLength(1);
  });

  test('a stop does not wait for a disk that says nothing', async () => {
    await seizeOne('a-1');
    await bench.dialer.stop(0);
    answer();
    expect(board.did('dial')).toEqual([]);
  });
});

test('a long backlog is written in slices, in order, once', () => {
  const written: number[] = [];
  const sizes: number[] = [];
  let broken = true;
  const journal = {
    ...bench.journal,
    accept: () => {},
    commit: (writes: readonly JournalWrite[]) => {
      if (broken) throw new CodedError('JOURNAL_ERROR', 'disk full');
      sizes.push(writes.length);
      for (const write of writes) {
        if (write.kind === 'report' && write.body.kind === 'milestone') written.push(write.body.atMs);
      }
      return writes.map(() => null);
    },
  };
  const clock = new ScriptedBoard(1);
  const buffer = createJournalBuffer({ journal, clock, log: silentLog, stored: () => {}, failed: () => {} });
  const total = 1_200;
  for (let atMs = 0; atMs < total; atMs++) buffer.report('a', { kind: 'milestone', name: 'ringing', atMs });
  expect(buffer.unwritten).toBe(total);
  broken = false;
  clock.advance(2_000);
  expect(sizes).toEqual([500, 500, 200]);
  expect(written).toEqual(Array.from({ length: total }, (_, i) => i));
  expect(buffer).toMatchObject({ unwritten: 0, state: 'ok' });
});
