import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { campaignLines } from '../../../../src/cli/campaigns/campaign-view.ts';
import { recordStatus, recordType } from '../../../../src/domain/record.ts';
import { linkVersion } from '../../../../src/link/schemas.ts';
import { callResult } from '../../../../src/domain/result.ts';
import { campaignStatus } from '../../../../src/ocs/api/status.ts';
import { parseCallingList } from '../../../../src/ocs/lists/csv.ts';
import { openStore } from '../../../../src/ocs/store/store.ts';
import { migrations } from '../../../../src/ocs/store/migrations/all.ts';
import { openRooms, type Rooms } from '../../../support/ocs/rooms.ts';
import { outcome } from '../../../support/ocs/ocs.ts';

/** Monday, 17:00 UTC. */
const now = Date.UTC(2026, 0, 5, 17);
const hour = 3_600_000;
const campaign = { name: 'spring', list: 'l', mode: 'progressive', group: 'g' } as const;

let rooms: Rooms;
beforeEach(() => {
  rooms = openRooms();
});
afterEach(() => {
  rooms.store.close();
});

const status = () => campaignStatus(rooms, rooms.campaigns.need('spring'));
const waits = () =>
  Object.fromEntries(status().waits.map(({ reason, records, untilAt }) => [reason, { records, untilAt }]));

describe('why records are not dialled now', () => {
  it('names the next opening of their window', () => {
    rooms.load({ ...campaign, dailyWindow: { from: '05:00', till: '06:00', tz: 'UTC' } }, [
      '5550101',
      '5550102',
    ]);
    const opens = Date.UTC(2026, 0, 6, 5);
    expect(waits()).toEqual({ outside_window: { records: 2, untilAt: opens } });
    expect(status()).toMatchObject({ nextDueAt: opens, finished: false });
    expect(campaignLines(status())).toContain(
      'waits      2 records outside their daily window now, the first at 2026-01-06 05:00 UTC',
    );
  });

  it('names records that open after the campaign has closed; they do not keep it from its end', () => {
    rooms.load({ ...campaign, dailyWindow: { from: '08:00', till: '21:00', tz: 'UTC' } }, ['5550101']);
    rooms.store.lists.add('l', parseCallingList('phone,daily_from\n5550102,21:30\n').records, true);
    expect(waits()).toEqual({ empty_window: { records: 1, untilAt: null } });
    expect(status()).toMatchObject({ nextDueAt: 0, finished: false, records: { left: 2 } });
    rooms.store.records.set(1, { record_status: recordStatus.Updated });
    expect(status()).toMatchObject({ nextDueAt: null, finished: true, records: { left: 1 } });
  });

  it('tells those that are due later from those whose number rests', () => {
    rooms.load(campaign, ['5550101', '5550102', '5550103']);
    rooms.store.doNotCall.block('5550101', now + 2 * hour);
    rooms.store.records.set(1, { due: now + 2 * hour });
    rooms.store.records.set(2, { due: now + hour });
    rooms.store.records.set(3, { due: now + 24 * hour });
    expect(waits()).toEqual({
      resting: { records: 1, untilAt: now + hour },
      later: { records: 2, untilAt: now + hour },
    });
    expect(status().nextDueAt).toBe(now + hour);
  });

  it('moves what is due at night to the opening of the window', () => {
    rooms.load({ ...campaign, dailyWindow: { from: '08:00', till: '21:00', tz: 'UTC' } }, ['5550101']);
    rooms.store.records.set(1, { due: now + 6 * hour });
    expect(status().nextDueAt).toBe(Date.UTC(2026, 0, 6, 8));
  });

  it('names the first moment of records in several windows and types, whichever is looked at first', () => {
    rooms.load({ ...campaign, dailyWindow: { from: '00:00', till: '24:00', tz: 'UTC' } }, [
      '5550101',
      '5550102',
      '5550103',
    ]);
    const { CampaignCallBack, PersonalCallBack, General } = recordType;
    const set = (handle: number, type: number, hours: number) => {
      rooms.store.records.set(handle, { record_type: type, due: now + hours * hour });
    };
    const first = { later: { records: 3, untilAt: now + hour } };
    for (const hours of [
      [3, 1, 2],
      [1, 2, 3],
      [2, 3, 1],
    ] as const) {
      set(1, General, hours[0]);
      set(2, PersonalCallBack, hours[1]);
      set(3, CampaignCallBack, hours[2]);
      expect(waits()).toEqual(first);
      expect(status().nextDueAt).toBe(now + hour);
    }
  });

  it('names types that are not in the order and warns of callbacks', () => {
    rooms.load({ ...campaign, recordTypeOrder: [2] }, ['5550101', '5550102']);
    rooms.store.records.set(2, { record_type: recordType.CampaignCallBack });
    expect(waits()).toEqual({ type_not_in_order: { records: 1, untilAt: null } });
    expect(status().waits[0]?.explanation).toContain('(6)');
    expect(status().warnings).toEqual([
      'recordTypeOrder has no 5 and no 6: callbacks that agents promise are never dialled',
    ]);
  });

  it.each([
    ['type_not_in_order', { recordTypeOrder: [5] }],
    ['empty_window', { dailyWindow: { from: '08:00', till: '09:00', tz: 'UTC' } }],
  ])('says that a chain stands still behind records that are never dialled: %s', (reason, more) => {
    rooms.load({ ...campaign, ...more }, ['5550101']);
    rooms.store.lists.add(
      'l',
      parseCallingList('phone,chain_id,chain_n,daily_from\n5550102,9,0,10:00\n5550103,9,1,10:00\n').records,
      true,
    );
    rooms.store.records.set(1, { record_status: recordStatus.Updated });
    expect(waits()).toMatchObject({
      [reason]: { records: 1, untilAt: null },
      chain_stopped: { records: 1, untilAt: null },
    });
    expect(status()).toMatchObject({ finished: true, nextDueAt: null });
  });

  it('counts what was closed by Do Not Call, calls to the same number and callbacks of an agent', () => {
    rooms.load({ ...campaign, name: 'autumn', list: 'm' }, ['5550102']);
    rooms.load(campaign, ['5550101', '5550102', '5550103']);
    rooms.retrieve('autumn', 'd1');
    rooms.store.doNotCall.add({ phone: '5550101', atMs: now });
    rooms.store.records.set(4, { record_type: recordType.PersonalCallBack, agent_id: 'a1', due: now });
    expect(() => rooms.retrieve('spring', 'd1')).toThrow('no record');
    expect(waits()).toEqual({
      do_not_call: { records: 1, untilAt: null },
      number_in_call: { records: 1, untilAt: null },
      own_agent: { records: 1, untilAt: null },
    });
  });
});

describe('what stands in the way of all records', () => {
  const obstacles = () => status().obstacles;

  it('is that no agent is there, or all are busy', () => {
    rooms.load(campaign, ['5550101']);
    rooms.register('d1');
    expect(obstacles()).toContain('no agent of group g is logged in');
    const { agent } = rooms.sit('a1', '200', 'g');
    expect(obstacles().filter((text) => text.includes('agent of group'))).toEqual([]);
    rooms.agents.move(agent, 'not_ready');
    expect(obstacles()).toContain('no agent of group g is ready: 1 not ready');
  });

  it('is no agent who is busy while predictive pacing dials for those about to be free, unless none is about to be', () => {
    rooms.load({ ...campaign, mode: 'predictive' }, ['5550101', '5550102', '5550103']);
    rooms.register('d1');
    const { agent } = rooms.sit('a1', '201', 'g');
    const { agent: other } = rooms.sit('a2', '202', 'g');
    const decision = rooms.pacer.decide(rooms.campaigns.need('spring'), 'd1');
    expect(decision.calls).toBeGreaterThan(0);
    rooms.agents.move(other, 'not_ready');
    rooms.agents.move(agent, 'reserved');
    const ofAgents = () => obstacles().filter((text) => text.includes('agent of group'));
    expect(ofAgents()).toEqual([]);
    rooms.agents.move(agent, 'ready');
    rooms.agents.move(agent, 'not_ready');
    expect(ofAgents()).toEqual(['no agent of group g is ready: 2 not ready']);
  });

  it('is that no dialler has a free channel, once all have said so, while nothing of it is dialled', () => {
    rooms.load(campaign, ['5550101', '5550102']);
    rooms.sit('a1', '200', 'g');
    const [one, two] = [rooms.register('d1'), rooms.register('d2')];
    expect(obstacles()).toEqual([]);
    for (const dialer of [one, two]) {
      Object.assign(dialer, { polls: 1, channels: { inService: 30, busy: 30 } });
    }
    const text = 'no channel is free for it at d1 (30 in service, 30 busy), d2 (30 in service, 30 busy)';
    expect(obstacles()).toEqual([text]);
    two.free = 1;
    expect(obstacles()).toEqual([]);
    two.free = 0;
    const attemptId = rooms.retrieve('spring', 'd1');
    expect(obstacles()).toEqual([]);
    rooms.reports.take('d1', { kind: 'milestone', attemptId, seq: 1, name: 'answered', atMs: 1 });
    expect(obstacles()).toEqual([text]);
  });

  it('is a limit of the campaign that is reached, by its name', () => {
    const pacing = { maxInFlight: 1 };
    rooms.load({ ...campaign, pacing }, ['5550101', '5550102']);
    for (const n of ['1', '2', '3']) rooms.sit(`a${n}`, `20${n}`, 'g');
    rooms.register('d1');
    const attemptId = rooms.retrieve('spring', 'd1');
    rooms.reports.take('d1', { kind: 'milestone', attemptId, seq: 1, name: 'answered', atMs: 1 });
    rooms.pacer.decide(rooms.campaigns.need('spring'), 'd1');
    expect(obstacles()).toEqual(['1 call in flight: maxInFlight (1) is reached']);
    expect(campaignLines(status())).toContain('obstacle   1 call in flight: maxInFlight (1) is reached');
    // Nobody has asked for a decision since: it says nothing of now.
    rooms.clock.advance(30_000);
    expect(obstacles()).toHaveLength(1);
    rooms.clock.advance(1);
    expect(obstacles()).toEqual([]);
  });

  it('names the results of its attempts', () => {
    rooms.load(campaign, ['5550101']);
    rooms.register('d1');
    const attemptId = rooms.retrieve('spring', 'd1');
    rooms.reports.take('d1', { kind: 'outcome', attemptId, seq: 1, outcome: outcome('NoAnswer') });
    expect(status().results).toEqual({ 'No Answer': 1 });
    expect(campaignLines(status()).join('\n')).toContain('1 No Answer');
  });
});

describe('what a dialler says of its configuration', () => {
  it('is a warning of each campaign while the dialler is heard', () => {
    rooms.load(campaign, ['5550101']);
    rooms.dialers.register({
      linkVersion,
      dialerId: 'd1',
      softwareVersion: 'test',
      boards: [],
      capabilities: { modes: [], plans: [], handoff: ['agent'] },
      warnings: ['every number in the world is allowed'],
    });
    expect(status().warnings).toEqual(['dialler d1: every number in the world is allowed']);
    rooms.wireClock.advance(30_001);
    expect(status().warnings).toEqual([]);
  });
});

describe('records that nothing would have dialled', () => {
  it('are Stale when neither a call nor an agent has them; the campaign ends', () => {
    rooms.load(campaign, ['5550101', '5550102']);
    rooms.retrieve('spring', 'd1');
    rooms.store.records.set(2, { record_status: recordStatus.Retrieved });
    expect(waits()).toEqual({ lost: { records: 1, untilAt: null } });
    rooms.settleUndialable();
    expect(rooms.store.records.get(1)).toMatchObject({ record_status: recordStatus.Retrieved });
    expect(rooms.store.records.get(2)).toMatchObject({
      record_status: recordStatus.Stale,
      call_result: callResult.Stale,
    });
    expect(waits()).toEqual({});
  });

  it('stay with the agent who has them open', () => {
    rooms.load(campaign, ['5550101']);
    const attemptId = rooms.retrieve('spring', 'd1');
    rooms.sit('a1', '200', 'g');
    rooms.reports.take('d1', { kind: 'connected', attemptId, seq: 1, agentId: 'a1', extension: '200' });
    rooms.store.attempts.set(attemptId, { ended_at: now });
    rooms.settleUndialable();
    expect(rooms.store.records.get(1)?.record_status).toBe(recordStatus.Retrieved);
  });

  it('are closed as NoCall when that is their type, and their chain goes on', () => {
    rooms.load(campaign, ['5550101']);
    rooms.store.lists.add('l', parseCallingList('phone,chain_id,chain_n\n5550102,1,1\n').records, true);
    rooms.store.records.set(1, { record_type: recordType.NoCall });
    // Until then they are still to come, and wait for nothing.
    expect(status().waits).toEqual([]);
    rooms.settleUndialable();
    expect(rooms.store.records.get(1)?.record_status).toBe(recordStatus.Updated);
    expect(rooms.store.records.get(2)?.record_status).toBe(recordStatus.Ready);
  });

  it('get their turn when nothing before them in the chain is left, unless the customer was reached', () => {
    rooms.load(campaign, ['5550101', '5550102']);
    rooms.store.lists.add(
      'l',
      parseCallingList('phone,chain_id,chain_n\n5550103,1,1\n5550104,1,2\n5550105,2,1\n').records,
      true,
    );
    rooms.store.records.set(1, { record_status: recordStatus.Updated, call_result: callResult.Busy });
    rooms.store.records.set(2, { record_status: recordStatus.Updated, call_result: callResult.Answer });
    rooms.settleUndialable();
    const states = [3, 4, 5].map((handle) => rooms.store.records.get(handle)?.record_status);
    expect(states).toEqual([recordStatus.Ready, recordStatus.ChainReady, recordStatus.ChainUpdated]);
  });

  it('are looked for again after half a minute, not at every turn', () => {
    rooms.load(campaign, ['5550101']);
    rooms.settleUndialable();
    rooms.store.records.set(1, { record_status: recordStatus.Retrieved });
    rooms.wireClock.advance(29_999);
    rooms.settleUndialable();
    expect(rooms.store.records.get(1)?.record_status).toBe(recordStatus.Retrieved);
    rooms.wireClock.advance(1);
    rooms.settleUndialable();
    expect(rooms.store.records.get(1)?.record_status).toBe(recordStatus.Stale);
  });
});

describe('the kept counts of records', () => {
  it('are made of the records of an older database', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ocs-counts-'));
    const path = join(folder, 'ocs.db');
    const old = new Database(path);
    const before = migrations.findIndex((sql) => sql.includes('create table record_counts'));
    for (const sql of migrations.slice(0, before)) old.exec(sql);
    old.exec(`pragma user_version = ${before};
      insert into windows (id, list, key) values (7, 'l', 'w');
      insert into records (list, record_id, chain_id, chain_n, phone, record_status, window_id)
        values ('l', 1, 1, 0, '5550101', 1, 7), ('l', 2, 2, 0, '5550102', 1, 7), ('l', 3, 3, 0, '5550103', 3, 7)`);
    old.close();
    const store = openStore(path);
    expect(store.lists.counts('l').map(({ record_status, records }) => [record_status, records])).toEqual([
      [recordStatus.Ready, 2],
      [recordStatus.Updated, 1],
    ]);
    expect(store.lists.all()).toEqual([{ list: 'l', records: 3 }]);
    store.close();
    rmSync(folder, { recursive: true });
  });

  it('are those of the list whatever changes', () => {
    rooms.load(
      campaign,
      Array.from({ length: 5 }, (_, i) => `555010${i}`),
    );
    const change = fc.record({
      handle: fc.integer({ min: 1, max: 5 }),
      record_status: fc.integer({ min: 0, max: 9 }),
      record_type: fc.integer({ min: 0, max: 7 }),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 20 }), (changes) => {
        for (const { handle, ...to } of changes) rooms.store.records.set(handle, to);
        const expected = new Map<string, number>();
        for (const record of rooms.store.lists.page('l', 0, 10).records) {
          const key = `${record.record_status} ${record.window_id} ${record.record_type}`;
          expected.set(key, (expected.get(key) ?? 0) + 1);
        }
        const kept = rooms.store.lists
          .counts('l')
          .map(({ record_status: s, window_id: w, record_type: t, records }) => [`${s} ${w} ${t}`, records]);
        expect(new Map(kept as [string, number][])).toEqual(expected);
      }),
    );
  });
});
