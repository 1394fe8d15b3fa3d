import { afterEach, beforeEach, expect, it } from 'vitest';
import { campaignSchema, type CampaignDefinitionInput } from '../../../../src/api/campaign-definition.ts';
import { parseCallingList } from '../../../../src/ocs/lists/csv.ts';
import { nextDue } from '../../../../src/ocs/records/next-due.ts';
import { openRooms, type Rooms } from '../../../support/ocs/rooms.ts';

/** Monday, 17:00 UTC. */
const now = Date.UTC(2026, 0, 5, 17);
const hour = 3_600_000;
let rooms: Rooms;
beforeEach(() => {
  rooms = openRooms();
  rooms.register('d1');
});
afterEach(() => {
  rooms.store.close();
});

function load(lines: string[], over: Partial<CampaignDefinitionInput> = {}) {
  const base = { name: 'spring', list: 'l', mode: 'progressive', group: 'sales' } as const;
  const definition = campaignSchema.parse({ ...base, ...over });
  const csv = ['phone,tz,record_type,dial_sched_time,daily_from', ...lines].join('\n');
  rooms.store.lists.add('l', parseCallingList(`${csv}\n`).records, true);
  rooms.campaigns.load(definition);
  rooms.campaigns.setRunning('spring', true);
  return definition;
}
const next = (definition: ReturnType<typeof load>, limit = 20) =>
  nextDue(rooms, definition, limit).map(({ dueAt, record }) => [record.phone, dueAt - now]);

it('are those that are dialled then, in that order', () => {
  const seconds = now / 1_000;
  const definition = load([
    `5550101,UTC,2,${String(seconds - 60)},`,
    `5550102,UTC,6,${String(seconds - 30)},`,
    `5550103,UTC,2,${String(seconds - 90)},`,
  ]);
  const shown = next(definition).map(([phone]) => phone);
  expect(shown).toEqual(['5550102', '5550103', '5550101']);
  const dialled = rooms.retrieval.retrieve(definition, { dialerId: 'd1' }, 9).map(({ number }) => number);
  expect(dialled).toEqual(shown);
});

it('are after them those that are due first, with the opening of their window', () => {
  const seconds = now / 1_000;
  const definition = load([
    `5550101,UTC,2,${String(seconds + 7_200)},`,
    `5550102,UTC,2,${String(seconds + 3_600)},`,
    `5550103,UTC,2,,18:30`,
    `5550104,UTC,2,,`,
  ]);
  expect(next(definition)).toEqual([
    ['5550104', -now],
    ['5550102', hour],
    ['5550103', 1.5 * hour],
    ['5550101', 2 * hour],
  ]);
  expect(next(definition, 2)).toHaveLength(2);
});

it('are none that are on Do Not Call, in a call, or whose window never opens; numbers that rest come later', () => {
  const definition = load(['5550101,UTC,2,,', '5550102,UTC,2,,', '5550103,UTC,2,,', '5550104,UTC,2,,21:30'], {
    dailyWindow: { till: '21:00' },
  });
  rooms.store.doNotCall.add({ phone: '5550101', atMs: now });
  rooms.store.doNotCall.block('5550102', now + hour);
  const rests = ['5550102', hour];
  expect(next(definition)).toEqual([['5550103', -now], rests]);
  rooms.retrieve('spring', 'd1');
  expect(next(definition)).toEqual([rests]);
});
