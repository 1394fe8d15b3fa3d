import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callResult } from '../../../../src/domain/result.ts';
import { openRooms, type Rooms } from '../../../support/ocs/rooms.ts';
import { outcome } from '../../../support/ocs/ocs.ts';

let rooms: Rooms;
beforeEach(() => {
  rooms = openRooms();
  rooms.load({ name: 'spring', list: 'l', mode: 'progressive', group: 'sales' }, ['5550101', '5550102']);
});
afterEach(() => {
  rooms.store.close();
});

const notAllowed = expect.objectContaining({
  code: 'EXTENSION_NOT_ALLOWED',
  field: 'GSW_EXTENSION',
}) as Error;

/** An agent who is ready, and reserved for a call of dialler d1. */
function reserved() {
  const desk = rooms.desk();
  desk.login('a1', '2001');
  desk.ask('Ready');
  rooms.register('d1');
  const attemptId = rooms.retrieve('spring', 'd1');
  const { agent } = desk.desk;
  if (agent === null) throw new Error('nobody is logged in');
  rooms.agentCalls.reserve(agent, attemptId);
  return { agent, attemptId, desk };
}
const abandoned = (reason: string) =>
  outcome('Answer', { status: 'abandoned', reason, milestones: { answered: 900 } });

describe('an agent’s extension', () => {
  it.each(['911', '00', '0049301234567', '4001'])(
    'is refused at Login when no dialler may call it: %s',
    (bad) => {
      rooms.register('d1', ['^2[0-9]{3}$']);
      rooms.register('d2', ['^3[0-9]{3}$']);
      expect(() => rooms.desk().login('a1', bad)).toThrow(notAllowed);
      expect(rooms.agents.all()).toEqual([]);
      rooms.desk().login('a1', '3001');
      expect(rooms.agents.get('a1')?.extension).toBe('3001');
    },
  );

  it('may be any while no dialler is there or one does not say', () => {
    rooms.desk().login('a1', '9001');
    rooms.register('d1', ['^2[0-9]{3}$']);
    rooms.register('d2');
    rooms.desk().login('a2', '912');
    expect(rooms.agents.all()).toHaveLength(2);
  });

  it.each(['112', '911', '999', '00', '0049301234567'])(
    'is never an emergency number, nor one abroad unless a dialler allows it: %s',
    (bad) => {
      expect(() => rooms.desk().login('a1', bad)).toThrow(notAllowed);
      rooms.register('says nothing');
      expect(() => rooms.desk().login('a1', bad)).toThrow(notAllowed);
      expect(rooms.agents.all()).toEqual([]);
      rooms.register('allows all', ['.*']);
      const isAbroad = bad.startsWith('00');
      if (isAbroad) rooms.desk().login('a1', bad);
      else expect(() => rooms.desk().login('a1', bad)).toThrow(notAllowed);
      expect(rooms.agents.all()).toHaveLength(isAbroad ? 1 : 0);
    },
  );

  it('that turns out not to be allowed makes the agent not ready, with the reason', () => {
    const desk = rooms.desk();
    desk.login('a1', '4001');
    desk.ask('Ready');
    rooms.register('d1', ['^2[0-9]{3}$']);
    rooms.telephones.checkAll();
    expect(rooms.agents.get('a1')?.state).toBe('not_ready');
    expect(desk.inbox).toMatchObject([
      { GSW_USER_EVENT: 'AgentNotReady', GSW_REASON: 'extension_not_allowed', GSW_EXTENSION: '4001' },
    ]);
    expect(() => desk.ask('Ready')).toThrow(notAllowed);
    expect(rooms.agents.idle('sales')).toBeNull();
    // Told once, not at each registration.
    rooms.telephones.checkAll();
    expect(desk.inbox).toHaveLength(1);
  });
});

describe('a telephone that did not take a call', () => {
  it.each(['transfer_busy', 'transfer_no_answer', 'transfer_refused', 'EXTENSION_NOT_ALLOWED'])(
    'costs one person: %s',
    (reason) => {
      const { agent, attemptId, desk } = reserved();
      rooms.reports.take('d1', { kind: 'outcome', attemptId, seq: 1, outcome: abandoned(reason) });
      expect(agent).toMatchObject({ state: 'not_ready', handle: null, attemptId: null });
      expect(rooms.agents.idle('sales')).toBeNull();
      expect(desk.inbox.map((message) => message.GSW_USER_EVENT)).toEqual([
        'CallArriving',
        'CallEnded',
        'AgentNotReady',
      ]);
      expect(desk.inbox[2]).toMatchObject({ GSW_REASON: 'not_taken', GSW_AGENT_STATE: 'not_ready' });
      desk.ask('Ready');
      expect(rooms.agents.idle('sales')).toBe(agent);
    },
  );

  it('is one at which the customer waited in vain for 5 s, not one that had no time to answer', () => {
    const { agent, attemptId } = reserved();
    rooms.clock.advance(4_999);
    rooms.reports.take('d1', { kind: 'outcome', attemptId, seq: 1, outcome: abandoned('customer_hung_up') });
    expect(agent.state).toBe('ready');
    const next = rooms.retrieve('spring', 'd1');
    rooms.agentCalls.reserve(agent, next);
    rooms.clock.advance(5_000);
    rooms.reports.take('d1', {
      kind: 'outcome',
      attemptId: next,
      seq: 1,
      outcome: abandoned('customer_hung_up'),
    });
    expect(agent.state).toBe('not_ready');
  });

  it('is not blamed for the end of a call that had nothing to do with it', () => {
    const { agent, attemptId } = reserved();
    rooms.reports.take('d1', { kind: 'outcome', attemptId, seq: 1, outcome: abandoned('board_dead') });
    expect(rooms.store.attempts.get(attemptId)?.result).toBe(callResult.Answer);
    expect(agent.state).toBe('ready');
  });

  it('does not keep an agent who wants to log out', async () => {
    const { attemptId, desk } = reserved();
    desk.ask('LogOut');
    rooms.reports.take('d1', { kind: 'outcome', attemptId, seq: 1, outcome: abandoned('transfer_busy') });
    await Promise.resolve();
    expect(rooms.agents.all()).toEqual([]);
  });
});

describe('an agent’s leg that cannot be brought up', () => {
  it('makes the agent not ready, with the reason', () => {
    const handoff = { kind: 'engaged' as const, group: 'asm' };
    const mode = 'progressive_with_seizing';
    rooms.load({ name: 'asm', list: 'm', mode, group: 'asm', handoff }, ['5550103']);
    const dialer = rooms.register('d1');
    dialer.free = 5;
    const desk = rooms.desk();
    desk.login('a1', '2001', 'asm');
    desk.ask('Ready');
    const [engage] = rooms.engagements.commands(dialer);
    if (engage?.kind !== 'engage') throw new Error('no leg is asked for');
    const { engagementId } = engage;
    rooms.engagements.report({ engagementId, state: 'failed', reason: 'no_answer' });
    expect(rooms.agents.get('a1')?.state).toBe('not_ready');
    expect(desk.inbox).toMatchObject([{ GSW_USER_EVENT: 'AgentNotReady', GSW_REASON: 'leg_failed' }]);
    expect(rooms.engagements.commands(dialer)).toEqual([]);
  });

  it('because the dialler has no room for it now is asked for again', () => {
    const handoff = { kind: 'engaged' as const, group: 'asm' };
    const mode = 'progressive_with_seizing';
    rooms.load({ name: 'asm', list: 'm', mode, group: 'asm', handoff }, ['5550103']);
    const dialer = rooms.register('d1');
    dialer.free = 5;
    const desk = rooms.desk();
    desk.login('a1', '2001', 'asm');
    desk.ask('Ready');
    for (const reason of ['RATE_LIMIT', 'no_channel', 'drain']) {
      const [engage] = rooms.engagements.commands(dialer);
      if (engage?.kind !== 'engage') throw new Error(`no leg is asked for after ${reason}`);
      rooms.engagements.report({ engagementId: engage.engagementId, state: 'failed', reason });
      expect(rooms.agents.get('a1')?.state).toBe('ready');
      rooms.wireClock.advance(5_000);
    }
    expect(rooms.engagements.commands(dialer)).toMatchObject([{ kind: 'engage', agentId: 'a1' }]);
  });
});
