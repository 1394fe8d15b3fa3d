import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLimitGuard } from '../../../../src/dialer/intake/limits.ts';
import { usualLimits, type CallLimits } from '../../../../src/domain/call-limits.ts';
import type { CheckedNumber } from '../../../../src/domain/number.ts';
import { openJournal, type Journal } from '../../../../src/journal/journal.ts';
import { ScriptedBoard } from '../../../support/board/scripted-board.ts';

const hourMs = 3_600_000;
const number = '12125550100' as CheckedNumber;
let board: ScriptedBoard;
let folder: string;
let journal: Journal;
let wall: number;

beforeEach(() => {
  board = new ScriptedBoard(2);
  wall = 1_000 * hourMs;
  folder = mkdtempSync(join(tmpdir(), 'limits-'));
  journal = openJournal(join(folder, 'journal.db'), () => wall);
});
afterEach(() => {
  journal.close();
  rmSync(folder, { recursive: true });
});

const guard = (over: Partial<CallLimits> = {}) =>
  createLimitGuard({ ...usualLimits, ...over }, { clock: board, journal });

let calls = 0;
/** One whole call: what the guard says of it, or that it was dialled. */
function call(limits: ReturnType<typeof guard>, digits = number, callerId?: string): string {
  try {
    limits.begin(digits, callerId);
  } catch (error) {
    return (error as { code: string }).code;
  }
  const attemptId = `a-${++calls}`;
  journal.accept([{ attemptId, request: null }]);
  journal.commit([{ kind: 'dialling', attemptId, digits }]);
  limits.dialled(digits);
  limits.ended(digits);
  return 'dialled';
}

test('one number is never in two calls', () => {
  const limits = guard();
  limits.begin(number, undefined);
  expect(() => limits.begin(number, undefined)).toThrow(expect.objectContaining({ code: 'NUMBER_IN_CALL' }));
  limits.ended(number);
  limits.begin(number, undefined);
});

test('one number is dialled so often an hour and a day, and a restart does not change that', () => {
  const limits = guard({ perNumberHour: 2, perNumberDay: 3 });
  expect([1, 2, 3].map(() => call(limits))).toEqual(['dialled', 'dialled', 'NUMBER_LIMIT']);
  expect(call(limits, '12125550101' as CheckedNumber)).toBe('dialled');
  expect(call(guard({ perNumberHour: 2, perNumberDay: 3 }))).toBe('NUMBER_LIMIT');
  wall += hourMs + 1;
  expect([1, 2].map(() => call(limits))).toEqual(['dialled', 'NUMBER_LIMIT']);
  wall += 23 * hourMs;
  expect(call(limits)).toBe('dialled');
});

test('numbers of a prefix are dialled so often a day, whatever the numbers, and after a restart', () => {
  const perPrefixDay = [{ prefix: '4479', calls: 2 }];
  const limits = guard({ perPrefixDay });
  const to = (last: number) => `+4479460000${last}` as CheckedNumber;
  expect([1, 2, 3].map((last) => call(limits, to(last)))).toEqual(['dialled', 'dialled', 'PREFIX_LIMIT']);
  expect(call(limits)).toBe('dialled');
  expect(call(guard({ perPrefixDay }), to(4))).toBe('PREFIX_LIMIT');
  wall += 25 * hourMs;
  expect(call(limits, to(5))).toBe('dialled');
});

test('calls taken in one pull count for their prefix before they are dialled, and no more if they never are', () => {
  const limits = guard({ perPrefixDay: [{ prefix: '4479', calls: 2 }] });
  const to = (last: number) => `+4479460000${last}` as CheckedNumber;
  limits.begin(to(1), undefined);
  limits.begin(to(2), undefined);
  expect(call(limits, to(3))).toBe('PREFIX_LIMIT');
  limits.dialled(to(1));
  expect(call(limits, to(3))).toBe('PREFIX_LIMIT');
  // Handed back undialled: that place is free again.
  limits.ended(to(2));
  expect(call(limits, to(3))).toBe('dialled');
  limits.ended(to(1));
  expect(call(limits, to(4))).toBe('PREFIX_LIMIT');
});

test('a caller id is one of the list; by default a telephone number, which 112 is not', () => {
  expect(call(guard(), number, '112')).toBe('CALLER_ID_NOT_ALLOWED');
  expect(call(guard(), number, '+12125550199')).toBe('dialled');
  const own = guard({ callerIds: ['^2125550199$'] });
  expect(call(own, number, '+12125550198')).toBe('CALLER_ID_NOT_ALLOWED');
  expect(call(own, number, '2125550199')).toBe('dialled');
});

describe('the room for calls', () => {
  const to = (i: number) => String(12_125_550_200 + i) as CheckedNumber;

  test('is what a second allows, and grows with the time', () => {
    const limits = guard({ callsPerSecond: 4 });
    expect(limits.room()).toBe(4);
    for (let i = 0; i < 4; i++) limits.begin(to(i), undefined);
    expect(limits.room()).toBe(0);
    board.advance(500);
    expect(limits.room()).toBe(2);
    board.advance(60_000);
    expect(limits.room()).toBe(4);
  });

  test('ends where so many calls are up', () => {
    const limits = guard({ callsAtOnce: 2 });
    limits.begin(to(0), undefined);
    expect(limits.room()).toBe(1);
    limits.begin(to(1), undefined);
    expect(limits.room()).toBe(0);
    limits.ended(to(0));
    expect(limits.room()).toBe(1);
  });
});

test('less than one call a second is a call every few seconds, not none', () => {
  const limits = guard({ callsPerSecond: 0.5 });
  expect(limits.room()).toBe(1);
  expect(call(limits)).toBe('dialled');
  expect(limits.room()).toBe(0);
  board.advance(2_000);
  expect(limits.room()).toBe(1);
});

test("an agent's telephone is rung so often an hour, and no faster than calls begin", () => {
  const limits = guard({ perExtensionHour: 2, callsPerSecond: 3 });
  const ring = (extension: string) => {
    try {
      limits.ring(extension);
      return 'rung';
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  expect([ring('7001'), ring('7001'), ring('7001')]).toEqual(['rung', 'rung', 'EXTENSION_LIMIT']);
  expect([ring('7002'), ring('7003')]).toEqual(['rung', 'RATE_LIMIT']);
  board.advance(hourMs);
  expect(ring('7001')).toBe('rung');
});

describe('calls counted while the clock was a year ahead', () => {
  const yearMs = 365 * 24 * hourMs;
  const prefix = { perPrefixDay: [{ prefix: '1212', calls: 2 }] };

  test('to one number count for an hour and a day from when it is put back, not for a year', () => {
    const limits = guard({ perNumberHour: 2, perNumberDay: 2 });
    wall += yearMs;
    expect([call(limits), call(limits)]).toEqual(['dialled', 'dialled']);
    wall -= yearMs;
    expect(call(limits)).toBe('NUMBER_LIMIT');
    wall += 24 * hourMs;
    expect(call(limits)).toBe('dialled');
  });

  test.each([false, true])('by prefix likewise (with a new start: %s)', (again) => {
    let limits = guard({ ...prefix, perNumberHour: 9, perNumberDay: 9 });
    wall += yearMs;
    expect([call(limits), call(limits)]).toEqual(['dialled', 'dialled']);
    wall -= yearMs;
    if (again) limits = guard({ ...prefix, perNumberHour: 9, perNumberDay: 9 });
    expect(call(limits)).toBe('PREFIX_LIMIT');
    wall += 23 * hourMs;
    expect(call(limits)).toBe('PREFIX_LIMIT');
    wall += hourMs;
    expect(call(limits)).toBe('dialled');
  });
});
