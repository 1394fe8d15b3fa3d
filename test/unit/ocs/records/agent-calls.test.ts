import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordStatus } from '../../../../src/domain/record.ts';
import { callResult } from '../../../../src/domain/result.ts';
import type { Report } from '../../../../src/link/schemas.ts';
import { createFailingWrites } from '../../../support/ocs/failing-writes.ts';
import { openRooms, type Rooms } from '../../../support/ocs/rooms.ts';
import { outcome } from '../../../support/ocs/ocs.ts';

const writes = createFailingWrites();
let rooms: Rooms;
let attemptId: string;
beforeEach(() => {
  rooms = openRooms({ agentGraceMs: 60_000, rejectDelayMinutes: 10 });
  rooms.load({ name: 'spring', list: 'l', mode: 'progressive', group: 'sales' }, ['5550101', '5550102']);
  rooms.register('d1');
  attemptId = rooms.retrieve('spring', 'd1');
});
afterEach(() => {
  writes.end();
  rooms.store.close();
});

const connected = (agentId: string | null, extension: string | null): Report => ({
  kind: 'connected',
  attemptId,
  seq: 5,
  agentId,
  extension,
});
const take = (report: Report) => {
  rooms.reports.take('d1', report);
};
const ended = (status: 'transferred' | 'abandoned' = 'transferred', agentId: string | null = 'ann') => {
  const milestones = { answered: 900 };
  take({ kind: 'outcome', attemptId, seq: 9, outcome: outcome('Answer', { status, agentId, milestones }) });
};
const events = (inbox: object[]) =>
  inbox.map((message) => (message as { GSW_USER_EVENT?: string }).GSW_USER_EVENT);

describe('a call on its way to an agent', () => {
  it('has a record that cannot be closed yet, and no other; while the store fails that is why', () => {
    const { agent } = rooms.sit('ann', '7001', 'sales');
    rooms.agentCalls.reserve(agent, attemptId);
    const close = (handle: number) => () => {
      rooms.agentRecords.close(agent, handle, { fields: {} }, { how: 'processed' });
    };
    const refused = (code: string) => expect.objectContaining({ code }) as Error;
    expect(close(1)).toThrow(refused('ILLEGAL_STATE'));
    expect(close(2)).toThrow(refused('UNKNOWN_RECORD'));
    writes.failAt(1);
    expect(() => rooms.store.transaction(() => undefined)).toThrow('disk is full');
    writes.end();
    expect(close(1)).toThrow(refused('DATABASE_ERROR'));
    expect(close(2)).toThrow(refused('UNKNOWN_RECORD'));
    rooms.store.probe();
    expect(close(1)).toThrow(refused('ILLEGAL_STATE'));
    expect(agent).toMatchObject({ state: 'reserved', handle: 1 });
  });

  it('is shown with the record, then connected, then ended; the agent works on the record until it is closed', () => {
    const { agent, inbox } = rooms.sit('ann', '7001', 'sales');
    rooms.agentCalls.reserve(agent, attemptId);
    expect(agent).toMatchObject({
      state: 'reserved',
      attemptId,
      handle: 1,
      workSince: rooms.clock.elapsed(),
      next: 'ready',
    });
    expect(inbox.at(-1)).toMatchObject({
      GSW_USER_EVENT: 'CallArriving',
      GSW_RECORD_HANDLE: 1,
      GSW_PHONE: '5550101',
      GSW_CALL_ATTEMPT_GUID: attemptId,
      GSW_CAMPAIGN_NAME: 'spring',
    });
    // A reservation is not in the store: a live person waits for it.
    expect(rooms.store.openRecords.hasAttempt(attemptId)).toBe(false);
    take(connected('ann', '7001'));
    expect(agent.state).toBe('busy');
    expect(rooms.store.openRecords.get(1)).toMatchObject({ attempt_id: attemptId, agent_id: 'ann' });
    ended();
    expect(events(inbox)).toEqual(['CallArriving', 'CallConnected', 'CallTransferred']);
    expect(agent).toMatchObject({ state: 'busy', handle: 1 });
    rooms.agentCalls.hungUp(agent, 1);
    expect(agent.state).toBe('wrap_up');
  });

  it('that ends before it is there frees the agent, who is told why', () => {
    const { agent, inbox } = rooms.sit('ann', '7001', 'sales');
    rooms.agentCalls.reserve(agent, attemptId);
    ended('abandoned', null);
    expect(agent).toMatchObject({ state: 'ready', attemptId: null, handle: null, workSince: null });
    expect(inbox.at(-1)).toMatchObject({ GSW_USER_EVENT: 'CallEnded', GSW_CALL_STATUS: 'abandoned' });
  });

  it('is not one that is over already', () => {
    const { agent, inbox } = rooms.sit('ann', '7001', 'sales');
    rooms.agentCalls.reserve(agent, 'never');
    expect([agent.state, inbox]).toEqual(['ready', []]);
  });

  it('of an agent who wanted a break leaves the agent not ready afterwards', () => {
    const { agent } = rooms.sit('ann', '7001', 'sales');
    rooms.agents.move(agent, 'not_ready');
    rooms.agentCalls.reserve(agent, attemptId);
    expect(agent.next).toBe('not_ready');
    ended('abandoned', null);
    expect(agent.state).toBe('not_ready');
  });
});

describe('a call that is connected', () => {
  it.each<[string, string | null, string | null]>([
    ['named by the dialler', 'ann', null],
    ['whose extension the switch found', null, '7001'],
    ['for whom it was reserved, where nothing else is said', null, null],
  ])('is with the agent %s', (_who, agentId, extension) => {
    const { agent } = rooms.sit('ann', '7001', 'sales');
    if (agentId === null && extension === null) rooms.agentCalls.reserve(agent, attemptId);
    take(connected(agentId, extension));
    expect(agent).toMatchObject({ state: 'busy', attemptId, handle: 1 });
  });

  it('elsewhere than reserved frees the one and shows the record to the other', () => {
    const ann = rooms.sit('ann', '7001', 'sales');
    const bob = rooms.sit('bob', '7002', 'sales');
    rooms.agentCalls.reserve(ann.agent, attemptId);
    take(connected('bob', '7002'));
    expect(ann.inbox.at(-1)).toMatchObject({ GSW_USER_EVENT: 'CallEnded', GSW_CALL_STATUS: 'elsewhere' });
    expect(ann.agent).toMatchObject({ state: 'ready', handle: null });
    expect(events(bob.inbox)).toEqual(['CallArriving', 'CallConnected']);
    expect(rooms.store.openRecords.get(1)?.agent_id).toBe('bob');
  });

  it('to an agent with another record on the screen does not take that away', () => {
    const { agent } = rooms.sit('ann', '7001', 'sales');
    take(connected('ann', '7001'));
    ended();
    const first = agent.handle;
    const second = rooms.retrieve('spring', 'd1');
    rooms.reports.take('d1', {
      kind: 'connected',
      attemptId: second,
      seq: 1,
      agentId: 'ann',
      extension: '7001',
    });
    expect(agent.handle).toBe(first);
  });

  it('to an agent who is not logged in waits for the next login, for the time of grace', () => {
    take(connected('ann', '7001'));
    expect(rooms.store.openRecords.get(1)).toMatchObject({ agent_id: 'ann', attempt_id: attemptId });
    const { agent, inbox } = rooms.sit('ann', '7001', 'sales');
    rooms.agents.move(agent, 'not_ready');
    rooms.agentCalls.resume(agent);
    expect(agent).toMatchObject({ state: 'busy', handle: 1, attemptId });
    expect(events(inbox)).toEqual(['CallConnected']);
  });

  it('to an agent who never logs in is closed after that, with what is known', () => {
    take(connected('ann', '7001'));
    rooms.calls.remove(attemptId);
    rooms.clock.advance(60_000);
    expect(rooms.store.records.get(1)).toMatchObject({
      record_status: recordStatus.Updated,
      agent_id: 'ann',
    });
  });

  it('at an extension that nobody has is with nobody', () => {
    take(connected(null, '7999'));
    expect(rooms.store.openRecords.get(1)).toBeUndefined();
  });
});

describe('an agent who logs in again', () => {
  const back = (state: 'up' | 'over') => {
    rooms.sit('ann', '7001', 'sales');
    take(connected('ann', '7001'));
    if (state === 'over') ended();
    rooms.agents.remove('ann');
    const { agent, inbox } = rooms.sit('ann', '7001', 'sales');
    rooms.agents.move(agent, 'not_ready');
    rooms.agentCalls.resume(agent);
    return { agent, inbox };
  };

  it('finds the record in wrap-up when the call is over, and the call when it is not', () => {
    const over = back('over');
    expect(over.agent).toMatchObject({ state: 'wrap_up', handle: 1, attemptId: null });
    expect(events(over.inbox)).toEqual(['CallEnded']);
  });

  it('finds the call when it is up', () => {
    expect(back('up').agent).toMatchObject({ state: 'busy', handle: 1, attemptId });
  });

  it('finds nothing when nothing was left', () => {
    const { agent, inbox } = rooms.sit('ann', '7001', 'sales');
    rooms.agentCalls.resume(agent);
    expect([agent.state, inbox]).toEqual(['ready', []]);
  });
});

describe('a record at an agent', () => {
  const work = () => {
    const { agent } = rooms.sit('ann', '7001', 'sales');
    take(connected('ann', '7001'));
    ended();
    return agent;
  };
  const record = () => rooms.store.records.get(1);
  const unknown = expect.objectContaining({ code: 'UNKNOWN_RECORD', found: 1 }) as Error;

  it('keeps what the agent says until it is closed; a later result counts, earlier fields stay', () => {
    const agent = work();
    rooms.agentRecords.update(agent, 1, { result: callResult.Busy, fields: { a: '1', b: '2' } });
    rooms.agentRecords.update(agent, 1, { fields: { b: '3' } });
    expect(record()?.user_fields).not.toContain('"b"');
    rooms.clock.advance(30_000);
    rooms.agentRecords.close(agent, 1, { fields: { c: '4' } }, { how: 'processed' });
    expect(JSON.parse(record()?.user_fields ?? '{}')).toMatchObject({ a: '1', b: '3', c: '4' });
    expect(record()).toMatchObject({
      call_result: callResult.Busy,
      agent_id: 'ann',
      record_status: recordStatus.Updated,
    });
    expect(agent).toMatchObject({ state: 'ready', handle: null });
    expect(rooms.campaigns.need('spring').history.figures().handleMs).toBe(30_000);
    expect(rooms.store.attempts.get(attemptId)).toMatchObject({
      closed_by: 'ann',
      processed_at: rooms.clock.now(),
    });
  });

  it('may be updated while the call is on its way: from then on it outlives a restart; it may not be closed', () => {
    const { agent } = rooms.sit('ann', '7001', 'sales');
    rooms.agentCalls.reserve(agent, attemptId);
    rooms.agentRecords.update(agent, 1, { fields: { a: '1' } });
    expect(rooms.store.openRecords.get(1)).toMatchObject({
      agent_id: 'ann',
      updates: expect.stringContaining('"a"') as string,
    });
    expect(() => {
      rooms.agentRecords.close(agent, 1, { fields: {} }, { how: 'processed' });
    }).toThrow(expect.objectContaining({ code: 'ILLEGAL_STATE' }));
    expect(agent.state).toBe('reserved');
  });

  it('of another agent is not to be seen, changed or closed', () => {
    work();
    const { agent } = rooms.sit('bob', '7002', 'sales');
    expect(() => rooms.agentRecords.record('bob', 1)).toThrow(unknown);
    expect(() => {
      rooms.agentRecords.update(agent, 1, { fields: {} });
    }).toThrow(unknown);
    expect(() => {
      rooms.agentRecords.close(agent, 1, { fields: {} }, { how: 'processed' });
    }).toThrow(unknown);
    expect(() => {
      rooms.agentCalls.hungUp(agent, 1);
    }).toThrow(unknown);
    expect(rooms.agentRecords.record('ann', 1).phone).toBe('5550101');
  });

  it.each([
    [
      'rejected: dialled again later, the attempt counts',
      { how: 'rejected' },
      { record_status: recordStatus.Ready, attempt: 1 },
    ],
    ['cancelled', { how: 'cancelled' }, { record_status: recordStatus.Cancelled }],
    [
      'to be called back',
      { how: 'rescheduled', atMs: Date.UTC(2026, 0, 6, 9), personal: true },
      { record_status: recordStatus.Ready, agent_id: 'ann', due: Date.UTC(2026, 0, 6, 9) },
    ],
    [
      'not to be called',
      { how: 'do_not_call', by: 'phone', customerId: null },
      { call_result: callResult.DoNotCall },
    ],
  ] as const)('is closed as %s', (_what, closing, expected) => {
    rooms.agentRecords.close(work(), 1, { fields: { note: 'n' } }, closing);
    expect(record()).toMatchObject({
      ...expected,
      current_attempt: null,
      user_fields: expect.stringContaining('note') as string,
    });
    if (closing.how === 'rejected') expect(record()?.due).toBe(rooms.clock.now() + 600_000);
    expect(rooms.store.doNotCall.forbids('5550101', null)).toBe(
      closing.how === 'do_not_call' ? 'phone' : null,
    );
    if (closing.how === 'do_not_call')
      expect(rooms.store.doNotCall.find({ phone: '5550101' })).toMatchObject([
        { campaign: 'spring', list: 'l', message: 'agent ann' },
      ]);
  });
});

it('an agent who is away with a call still up has its time of grace again, until the call is over', () => {
  const { agent, desk } = rooms.sit('ann', '7001', 'sales');
  rooms.agentCalls.reserve(agent, attemptId);
  take(connected('ann', '7001'));
  rooms.desks.lost(desk);
  rooms.absent.wait('ann');
  // The record alone says whose call it is.
  rooms.agents.remove('ann');
  rooms.clock.advance(180_000);
  expect(rooms.store.openRecords.get(1)?.agent_id).toBe('ann');
  rooms.calls.remove(attemptId);
  rooms.clock.advance(60_000);
  expect(rooms.store.openRecords.get(1)).toBeUndefined();
});
