import { readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openJournal, type ReportBody } from '../../../src/journal/journal.ts';
import { dayMs, folder, journal, outcome, path, reopen, wall } from '../../support/dialer/journal-stage.ts';

const hourMs = 3_600_000;

let taken = 0;
/** Takes an attempt and marks it as dialled to these digits. */
function dial(digits: string): string {
  const attemptId = `dialled-${++taken}`;
  journal.accept([{ attemptId, request: {} }]);
  expect(journal.commit([{ kind: 'dialling', attemptId, digits }])).toEqual([null]);
  return attemptId;
}
const report = (attemptId: string, body: ReportBody) => journal.commit([{ kind: 'report', attemptId, body }]);

describe('the calls to a number', () => {
  test('count for an hour and for a day, to the millisecond, also after a restart', () => {
    dial('12025550123');
    dial('12025550124');
    wall.now += hourMs - 1;
    dial('12025550123');
    expect(journal.dials('12025550123')).toEqual({ hour: 2, day: 2 });
    wall.now += 1;
    expect(journal.dials('12025550123')).toEqual({ hour: 1, day: 2 });
    journal.close();
    reopen();
    wall.now += dayMs - hourMs - 1;
    expect(journal.dials('12025550123')).toEqual({ hour: 0, day: 2 });
    wall.now += 1;
    expect(journal.dials('12025550123')).toEqual({ hour: 0, day: 1 });
    expect(journal.dials('12025550125')).toEqual({ hour: 0, day: 0 });
  });

  test('are found by what the number begins with, with a + or without, by the hour', () => {
    const digits = fc.stringMatching(/^\+?[0-9]{2,6}$/);
    fc.assert(
      fc.property(
        fc.array(digits, { maxLength: 12 }),
        fc.stringMatching(/^[0-9]{1,3}$/),
        (numbers, prefix) => {
          wall.now += 3 * dayMs;
          numbers.forEach((number, i) => {
            wall.now += i % 3 === 0 ? hourMs : 0;
            dial(number);
          });
          const found = [...journal.dialsByHour(prefix).values()].reduce((sum, dials) => sum + dials, 0);
          expect(found).toBe(numbers.filter((number) => number.replace('+', '').startsWith(prefix)).length);
        },
      ),
      { numRuns: 30 },
    );
    wall.now += 3 * dayMs;
    const hour = wall.now / hourMs;
    dial('882');
    dial('+882');
    wall.now += hourMs;
    dial('8829');
    expect(journal.dialsByHour('882')).toEqual(
      new Map([
        [hour, 2],
        [hour + 1, 1],
      ]),
    );
    wall.now += dayMs - hourMs;
    expect(journal.dialsByHour('882')).toEqual(new Map([[hour + 1, 1]]));
  });

  test('that were counted while the clock was ahead count by the hour for a day from when that is read', () => {
    wall.now += 10 * dayMs;
    dial('882');
    dial('+8829');
    dial('883');
    wall.now -= 10 * dayMs;
    const hour = Math.floor(wall.now / hourMs);
    expect(journal.dialsByHour('882')).toEqual(new Map([[hour, 2]]));
    wall.now += dayMs - 1;
    expect(journal.dialsByHour('882')).toEqual(new Map([[hour, 2]]));
    expect(journal.dialsByHour('883')).toEqual(new Map([[Math.floor(wall.now / hourMs), 1]]));
    wall.now += 1;
    expect(journal.dialsByHour('882')).toEqual(new Map());
  });

  test('are forgotten with the rest, once they count no more', () => {
    dial('12025550123');
    wall.now += dayMs - 1;
    journal.prune();
    expect(journal.dials('12025550123').day).toBe(1);
  });
});

describe('the reports that wait', () => {
  test('are handed out as far as their text fits, and one in any case', () => {
    journal.accept(['a', 'b', 'c'].map((attemptId) => ({ attemptId, request: {} })));
    const size = JSON.stringify({ kind: 'accepted' }).length;
    const handedOut = (limit: number, bytes: number) => journal.unacknowledged(limit, bytes).length;
    expect([
      handedOut(10, 0),
      handedOut(10, size),
      handedOut(10, 2 * size - 1),
      handedOut(10, 2 * size),
    ]).toEqual([1, 1, 1, 2]);
    expect([handedOut(10, 1e6), handedOut(2, 1e6)]).toEqual([3, 2]);
  });

  test('of attempts that OCS knows nothing of name these, oldest first', () => {
    journal.accept(['b', 'a', 'c'].map((attemptId) => ({ attemptId, request: {} })));
    expect(journal.untold()).toEqual(['b', 'a', 'c']);
    report('a', { kind: 'milestone', name: 'ringing', atMs: 1 });
    journal.acknowledge([
      { attemptId: 'b', seq: 1 },
      { attemptId: 'a', seq: 2 },
    ]);
    expect(journal.untold()).toEqual(['a', 'c']);
    journal.resend(['b', 'never']);
    expect(journal.untold()).toEqual(['b', 'a', 'c']);
  });

  test('of requests that are handed back at once have one word each, and end them', () => {
    journal.handBack(['x', 'y'], 'no_channel');
    expect(journal.unacknowledged(10, 1e6)).toEqual([
      { attemptId: 'x', seq: 1, kind: 'hand_back', reason: 'no_channel' },
      { attemptId: 'y', seq: 1, kind: 'hand_back', reason: 'no_channel' },
    ]);
    expect([journal.stateOf('x'), journal.stateOf('z')]).toEqual(['ended', null]);
    expect(() => {
      journal.handBack(['z', 'x'], 'no_channel');
    }).toThrow(expect.objectContaining({ code: 'JOURNAL_ERROR' }));
    expect(journal.stateOf('z')).toBeNull();
  });
});

test('an attempt has its times, its request, its last word once there is one, and whether OCS has all of it', () => {
  journal.accept([{ attemptId: 'a', request: { number: '12025550123' } }]);
  const [open] = journal.attempts();
  expect(open).toEqual({
    attemptId: 'a',
    state: 'accepted',
    acceptedAt: wall.now,
    endedAt: null,
    request: { number: '12025550123' },
    final: null,
    acknowledged: false,
  });
  wall.now += 5_000;
  report('a', { kind: 'outcome', outcome });
  journal.acknowledge([{ attemptId: 'a', seq: 1 }]);
  const ended = {
    state: 'ended',
    acceptedAt: wall.now - 5_000,
    endedAt: wall.now,
    final: { kind: 'outcome', outcome },
  };
  expect([...journal.attempts()]).toEqual([expect.objectContaining({ ...ended, acknowledged: false })]);
  journal.acknowledge([{ attemptId: 'a', seq: 2 }]);
  expect([...journal.attempts()]).toEqual([expect.objectContaining({ ...ended, acknowledged: true })]);
});

test('what is refused says what was found and what was expected', () => {
  journal.accept([{ attemptId: 'a', request: {} }]);
  report('a', { kind: 'hand_back', reason: 'drain' });
  const [late] = report('a', { kind: 'milestone', name: 'ringing', atMs: 1 });
  expect(late).toMatchObject({
    code: 'ILLEGAL_STATE',
    message: 'attempt a has ended; milestone comes too late',
    found: 'ended',
    expected: 'accepted or dialling',
  });
  const [unknown] = report('never', { kind: 'milestone', name: 'ringing', atMs: 1 });
  expect(unknown).toMatchObject({ code: 'UNKNOWN_ATTEMPT', field: 'attemptId', found: 'never' });
  const marks = journal.commit(
    ['a', 'never'].map((attemptId) => ({ kind: 'dialling', attemptId, digits: '12025550123' })),
  );
  expect(marks).toEqual([
    expect.objectContaining({ code: 'ILLEGAL_STATE', found: 'ended', expected: 'accepted' }),
    expect.objectContaining({ code: 'ILLEGAL_STATE', found: 'unknown' }),
  ]);
  expect(journal.dials('12025550123').day).toBe(0);
  expect(journal.unacknowledgedCount()).toBe(2);
});

test('the identity of a file stays with it, and is another for another file', () => {
  const { id } = journal;
  journal.close();
  reopen();
  expect(journal.id).toBe(id);
  const other = openJournal(join(folder, 'other.db'), () => wall.now);
  expect(other.id).not.toBe(id);
  other.close();
});

test('whatever fails names the file and what it was for', () => {
  journal.close();
  const attempt = { attemptId: 'a', request: {} };
  const failing: [string, () => unknown][] = [
    ['cannot take requests', () => journal.accept([attempt])],
    ['cannot take requests', () => journal.handBack(['a'], 'drain')],
    ['cannot be written', () => report('a', { kind: 'outcome', outcome })],
    ['cannot be written', () => report('a', { kind: 'milestone', name: 'ringing', atMs: 1 })],
    ['cannot store acknowledgements', () => journal.acknowledge([{ attemptId: 'a', seq: 1 }])],
    ['cannot be written', () => journal.resend(['a'])],
    ['cannot be read', () => journal.stateOf('a')],
    ['cannot be read', () => journal.dials('1')],
    ['cannot be read', () => journal.dialsByHour('1')],
    ['cannot be read', () => journal.unacknowledged(1, 1)],
    ['cannot be read', () => journal.unacknowledgedCount()],
    ['cannot be read', () => journal.untold()],
    ['cannot be read', () => [...journal.attempts()]],
    ['cannot settle open attempts', () => journal.recover()],
    ['cannot be pruned', () => journal.prune()],
  ];
  for (const [what, run] of failing)
    expect(run).toThrow(
      expect.objectContaining({
        code: 'JOURNAL_ERROR',
        field: 'journal.path',
        found: path,
        message: expect.stringContaining(`journal ${path}: ${what}: `) as string,
      }),
    );
  reopen();
  expect([...journal.attempts()]).toEqual([]);
});

test('a file that is refused is not held open', () => {
  const strange = join(folder, 'strange.db');
  writeFileSync(strange, 'this is a letter, and no database at all, however long it may be');
  expect(() => openJournal(strange, () => wall.now)).toThrow('cannot be opened');
  const open = readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      return [];
    }
  });
  expect(open).toContain(path);
  expect(open).not.toContain(strange);
});

test('what is pruned goes by days after the end: reports first, ids later, what is open never', () => {
  journal.accept(['a', 'open'].map((attemptId) => ({ attemptId, request: {} })));
  report('a', { kind: 'outcome', outcome });
  journal.acknowledge([1, 2].map((seq) => ({ attemptId: 'a', seq })));
  journal.acknowledge([{ attemptId: 'open', seq: 1 }]);
  wall.now += 2 * dayMs;
  expect(journal.prune({ reportDays: 2, idDays: 3 })).toBe(0);
  wall.now += 1;
  expect(journal.prune({ reportDays: 2, idDays: 3 })).toBe(2);
  expect(journal.stateOf('a')).toBe('ended');
  wall.now += dayMs;
  journal.prune({ reportDays: 2, idDays: 3 });
  expect([journal.stateOf('a'), journal.stateOf('open')]).toEqual([null, 'accepted']);
});
