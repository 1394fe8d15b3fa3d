import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { campaignSchema, type CampaignDefinitionInput } from '../../../../src/api/campaign-definition.ts';
import { recordStatus, recordType } from '../../../../src/domain/record.ts';
import { parseCallingList } from '../../../../src/ocs/lists/csv.ts';
import { openRooms, type Rooms } from '../../../support/ocs/rooms.ts';

const base = {
  name: 'spring',
  list: 'l',
  mode: 'progressive',
  group: 'sales',
} satisfies CampaignDefinitionInput;
let rooms: Rooms;
beforeEach(() => {
  rooms = openRooms({ personalCallbackWaitMs: 600_000, applicationId: 7 });
  rooms.register('d1');
});
afterEach(() => {
  rooms.store.close();
});

/** Loads records as lines of `phone,tz,...`; the heading names the columns. */
function load(heading: string, lines: string[], over: Partial<CampaignDefinitionInput> = {}) {
  const definition = campaignSchema.parse({ ...base, ...over });
  rooms.store.lists.add('l', parseCallingList([heading, ...lines].join('\n') + '\n').records, true);
  rooms.campaigns.load(definition);
  rooms.campaigns.setRunning('spring', true);
  return definition;
}
const phones = (definition: ReturnType<typeof load>, wanted = 99) =>
  rooms.retrieval
    .retrieve(definition, { dialerId: 'd1', journalId: 'j' }, wanted)
    .map(({ number }) => number);
const record = (handle: number) => rooms.store.records.get(handle);

describe('what is dialled next', () => {
  it('goes by record type in the campaign’s order, then by how long it is due, then by its place in the list', () => {
    const hour = 3_600;
    const now = rooms.clock.now() / 1_000;
    const campaign = load(
      'phone,tz,record_type,dial_sched_time',
      [
        `5550101,UTC,2,${String(now - hour)}`,
        `5550102,UTC,2,${String(now - 2 * hour)}`,
        `5550103,UTC,6,${String(now - 60)}`,
        `5550104,UTC,3,${String(now - hour)}`,
        `5550105,UTC,2,${String(now + hour)}`,
        `5550106,UTC,2,${String(now - hour)}`,
        `5550107,UTC,1,${String(now - 9 * hour)}`,
      ],
      { recordTypeOrder: [6, 3, 2] },
    );
    expect(phones(campaign)).toEqual(['5550103', '5550104', '5550102', '5550101', '5550106']);
  });

  it('is as much as is wanted, and nothing when nothing is', () => {
    const campaign = load(
      'phone,tz',
      Array.from({ length: 60 }, (_, i) => `${String(5_550_100 + i)},UTC`),
    );
    expect(phones(campaign, 0)).toEqual([]);
    expect(phones(campaign, -1)).toEqual([]);
    expect(phones(campaign, 3)).toHaveLength(3);
    expect(phones(campaign, 50)).toHaveLength(50);
    expect(phones(campaign, 50)).toHaveLength(7);
  });

  it('is a personal callback once its agent is free, or has been waited for long enough', () => {
    const type = String(recordType.PersonalCallBack);
    const due = String(rooms.clock.now() / 1_000);
    const campaign = load('phone,tz,record_type,agent_id,dial_sched_time', [
      `5550101,UTC,${type},ann,${due}`,
      `5550102,UTC,${type},,${due}`,
    ]);
    expect(phones(campaign)).toEqual(['5550102']);
    const { agent } = rooms.sit('ann', '7001', 'sales');
    rooms.agents.move(agent, 'busy');
    rooms.clock.advance(599_999);
    expect(phones(campaign)).toEqual([]);
    rooms.clock.advance(1);
    expect(phones(campaign)).toEqual(['5550101']);
  });

  it('is only what is in its daily window: the record’s own, else the campaign’s', () => {
    // 17:00 UTC, noon in New York.
    const campaign = load(
      'phone,tz,daily_from,daily_till',
      [
        '5550101,UTC,,',
        '5550102,UTC,17:00,17:01',
        '5550103,UTC,09:00,17:00',
        '5550104,America/New_York,09:00,17:00',
        '5550105,,,',
      ],
      { dailyWindow: { from: '18:00', till: '20:00', tz: 'Europe/Berlin' } },
    );
    expect(phones(campaign).sort()).toEqual(['5550102', '5550104', '5550105']);
    rooms.clock.advance(3_600_000);
    expect(phones(campaign)).toEqual(['5550101']);
  });
});

describe('what is skipped', () => {
  it('is closed when it must not be called, by number or customer, and makes room for others', () => {
    const campaign = load('phone,tz,customer_id', ['5550101,UTC,a', '5550102,UTC,b', '5550103,UTC,c']);
    rooms.store.doNotCall.add({ phone: '5550101', atMs: 0 });
    rooms.store.doNotCall.add({ customerId: 'b', atMs: 0 });
    expect(phones(campaign, 1)).toEqual(['5550103']);
    expect([1, 2].map((handle) => record(handle)?.record_type)).toEqual([
      recordType.NoCall,
      recordType.NoCall,
    ]);
  });

  it('comes back when its number has rested, or is no longer in another call', () => {
    const campaign = load('phone,tz', ['5550101,UTC', '5550102,UTC']);
    const until = rooms.clock.now() + 3_600_000;
    rooms.store.doNotCall.block('5550101', until);
    expect(phones(campaign)).toEqual(['5550102']);
    expect(record(1)).toMatchObject({ record_status: recordStatus.Ready, due: until });
    rooms.clock.advance(3_600_000);
    expect(phones(campaign)).toEqual(['5550101']);
    const other = campaignSchema.parse({ ...base, name: 'summer', list: 'm' });
    rooms.store.lists.add('m', parseCallingList('phone,tz\n5550101,UTC\n').records, true);
    rooms.campaigns.load(other);
    expect(phones(other)).toEqual([]);
  });
});

describe('a record that is given out', () => {
  it('says who has it and why, and its request has all that the campaign says', () => {
    const campaign = load('phone,tz,customer_id', ['5550101,UTC,a'], {
      callerId: '+12125550199',
      plan: 'GB',
      cpa: 'ours',
      maxHumanLoss: '1 %',
      announcement: 'sorry',
      ringTimeoutMs: 20_000,
      onMachine: { action: 'transfer', extension: '7900' },
    });
    const [request] = rooms.retrieval.retrieve(campaign, { dialerId: 'd1', journalId: 'j' }, 1);
    expect(record(1)).toMatchObject({
      record_status: recordStatus.Retrieved,
      attempt: 1,
      campaign: 'spring',
      group: 'sales',
      app: 7,
      call_time: Math.floor(rooms.clock.now() / 1_000),
      current_attempt: request?.attemptId,
    });
    expect(rooms.calls.get(request?.attemptId ?? '')).toMatchObject({
      dialerId: 'd1',
      journalId: 'j',
      handle: 1,
      phase: 'leased',
    });
    expect(rooms.store.attempts.get(request?.attemptId ?? '')).toMatchObject({
      n: 1,
      journal_id: 'j',
      phone: '5550101',
    });
    expect(request).toMatchObject({
      campaign: 'spring',
      recordHandle: 1,
      number: '5550101',
      callerId: '+12125550199',
      plan: 'GB',
      cpa: 'ours',
      maxHumanLoss: 0.01,
      announcement: 'sorry',
      ringTimeoutMs: 20_000,
      onMachine: { action: 'transfer', extension: '7900' },
      userData: {
        customer_id: 'a',
        GSW_ATTEMPTS: 1,
        GSW_PHONE: '5550101',
        GSW_TZ_NAME: 'UTC',
        GSW_APPLICATION_ID: 7,
        GSW_CAMPAIGN_GROUP_NAME: 'sales',
      },
    });
  });

  it('has none of what the campaign leaves open', () => {
    const [request] = rooms.retrieval.retrieve(load('phone,tz', ['5550101,UTC']), { dialerId: 'd1' }, 1);
    for (const key of ['callerId', 'plan', 'cpa', 'maxHumanLoss', 'announcement'])
      expect(request).not.toHaveProperty(key);
  });

  it('may still be dialled while its window is open and nobody forbade it', () => {
    const campaign = load('phone,tz,customer_id', ['5550101,UTC,a'], {
      dailyWindow: { from: '08:00', till: '18:00', tz: 'UTC' },
    });
    const allowed = () => rooms.retrieval.stillAllowed(campaign, 1);
    expect([allowed(), rooms.retrieval.stillAllowed(campaign, 99)]).toEqual([true, false]);
    rooms.store.doNotCall.add({ customerId: 'a', atMs: 0 });
    expect(allowed()).toBe(false);
    rooms.store.doNotCall.remove({ customerId: 'a' });
    expect(allowed()).toBe(true);
    rooms.clock.advance(3_600_000);
    expect(allowed()).toBe(false);
  });
});
