import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CampaignDefinitionInput } from '../../../../src/api/campaign-definition.ts';
import { callResult } from '../../../../src/domain/result.ts';
import { openRooms, type Rooms } from '../../../support/ocs/rooms.ts';

const definition = {
  name: 'spring',
  list: 'l',
  mode: 'progressive',
  group: 'sales',
  pacing: { multiplier: 2, maxInFlight: 40 },
} satisfies CampaignDefinitionInput;
const phones = Array.from({ length: 9 }, (_, i) => String(5_550_101 + i));

let rooms: Rooms;
beforeEach(() => {
  rooms = openRooms({ leaseMs: 30_000 });
  rooms.load(definition, phones);
  rooms.register('d1');
});
afterEach(() => {
  rooms.store.close();
});

const input = (dialerId = 'd1', name = 'spring') => {
  const campaign = rooms.campaigns.need(name);
  const decision = rooms.pacer.decide(campaign, dialerId);
  if (campaign.pacing === null) throw new Error('the decision is not kept');
  expect(campaign.pacing).toMatchObject({ atMs: rooms.clock.now(), decision });
  return campaign.pacing.input;
};
const sit = (id: string, group = 'sales') => rooms.sit(id, `7${id}`, group).agent;

describe('what pacing is told of the agents', () => {
  it('is who is ready, and who works: neither those on a break, nor those who are away, nor other groups', () => {
    sit('001');
    const wrapUp = sit('002');
    rooms.agents.move(wrapUp, 'busy');
    rooms.agents.move(wrapUp, 'wrap_up');
    rooms.agents.move(sit('003'), 'not_ready');
    sit('004').online = false;
    sit('005', 'service');
    expect(input()).toMatchObject({ readyAgents: 1, workingAgents: 2, multiplier: 2, maxInFlight: 40 });
  });

  it('leaves out those whom this dialler may not call', () => {
    rooms.register('d2', ['^8']);
    sit('001');
    expect(input('d2').readyAgents).toBe(0);
    expect(input('d1').readyAgents).toBe(1);
    expect(input('never registered').readyAgents).toBe(1);
  });

  it('has a chance for each of those at work to be free soon, unless they take a break or leave then', () => {
    const { history } = rooms.campaigns.need('spring');
    for (let i = 0; i < 20; i++) {
      history.decided({ durationMs: 10_000, answered: true, live: true });
      history.handled(60_000);
    }
    const [busy, leaving, since] = ['001', '002', '003'].map((id) => sit(id));
    for (const agent of [busy, leaving, since]) if (agent !== undefined) rooms.agents.move(agent, 'busy');
    if (leaving !== undefined) leaving.next = 'log_out';
    // Since reservation where that is known, else since the state began.
    if (since !== undefined) since.workSince = rooms.clock.elapsed() - 30_000;
    rooms.clock.advance(25_000);
    const [early, late] = input().soonFree;
    expect(input().soonFree).toHaveLength(2);
    expect([early, (late ?? 0) > 0.9]).toEqual([0, true]);
  });
});

describe('what pacing is told of the calls', () => {
  const { Answer, Busy } = callResult;
  const take = (attemptId: string, result: typeof Answer | typeof Busy) => {
    rooms.reports.take('d1', { kind: 'milestone', attemptId, seq: 1, name: 'answered', atMs: 1 });
    rooms.reports.take('d1', { kind: 'result', attemptId, seq: 2, result, evidence: null });
  };

  it('is the chance of each that is not decided yet, and how many people wait without an agent on the way', () => {
    const [first = '', second = '', third = ''] = [1, 2, 3, 4].map(() => rooms.retrieve('spring', 'd1'));
    expect(input()).toMatchObject({ queuedCalls: 0 });
    expect(input().undecided).toHaveLength(4);
    take(first, Busy);
    take(second, Answer);
    take(third, Answer);
    expect(input().undecided).toHaveLength(1);
    expect(input().queuedCalls).toBe(2);
    const agent = sit('001');
    rooms.agentCalls.reserve(agent, second);
    expect(input().queuedCalls).toBe(1);
  });

  it('counts calls of campaigns with the same agents, of no others, and none of a dialler that fell silent', () => {
    rooms.load({ ...definition, name: 'summer', list: 'm' }, ['5550201']);
    rooms.load({ ...definition, name: 'winter', list: 'n', group: 'service' }, ['5550301']);
    for (const name of ['spring', 'summer', 'winter']) rooms.retrieve(name, 'd1');
    expect(input().undecided).toHaveLength(2);
    rooms.wireClock.advance(30_000);
    expect(input().undecided).toHaveLength(2);
    rooms.wireClock.advance(1);
    expect(input().undecided).toHaveLength(0);
  });

  it('knows for each call how long it is under way and whether it was answered', () => {
    const { history } = rooms.campaigns.need('spring');
    for (let i = 0; i < 50; i++) {
      history.decided({ durationMs: 6_000, answered: true, live: true });
      history.decided({ durationMs: 30_000, answered: false, live: false });
    }
    const old = rooms.retrieve('spring', 'd1');
    rooms.clock.advance(10_000);
    rooms.retrieve('spring', 'd1');
    const [late = 1, fresh = 0] = input().undecided;
    expect(late).toBeLessThan(0.05);
    expect(fresh).toBeGreaterThan(0.4);
    rooms.reports.take('d1', { kind: 'milestone', attemptId: old, seq: 1, name: 'answered', atMs: 1 });
    expect(input().undecided[0]).toBeGreaterThan(0.9);
  });
});

describe('a campaign without agents of its own', () => {
  it('has as many lines as it may have calls, one call each, and sees no other campaign', () => {
    rooms.load(
      {
        name: 'switch',
        list: 's',
        mode: 'predictive',
        handoff: { kind: 'destination', extension: '7000' },
        pacing: { maxInFlight: 3, multiplier: 5 },
      },
      ['5550401', '5550402'],
    );
    rooms.retrieve('spring', 'd1');
    expect(input('d1', 'switch')).toMatchObject({
      mode: 'progressive',
      multiplier: 1,
      readyAgents: 3,
      workingAgents: 3,
      undecided: [],
    });
    expect(rooms.pacer.decide(rooms.campaigns.need('switch'), 'd1').calls).toBe(3);
  });
});

describe('a campaign whose agents’ legs are kept up', () => {
  it('is paced for each dialler by the legs and the calls on it', () => {
    rooms.load(
      {
        ...definition,
        name: 'asm',
        list: 'a',
        mode: 'predictive_with_seizing',
        handoff: { kind: 'engaged', group: 'sales' },
      },
      ['5550501', '5550502'],
    );
    const d1 = rooms.dialers.get('d1');
    rooms.register('d2');
    sit('001');
    sit('002');
    if (d1 === undefined) throw new Error('no dialler');
    d1.free = 2;
    const commands = rooms.engagements.commands(d1);
    expect(commands.map(({ kind }) => kind)).toEqual(['engage', 'engage']);
    for (const command of commands) {
      if (command.kind === 'engage')
        rooms.engagements.report({ engagementId: command.engagementId, state: 'up', reason: null });
    }
    rooms.retrieve('asm', 'd2');
    expect(input('d1', 'asm')).toMatchObject({ mode: 'predictive', readyAgents: 2, undecided: [] });
    expect(input('d2', 'asm')).toMatchObject({ readyAgents: 0 });
    expect(input('d2', 'asm').undecided).toHaveLength(1);
  });
});
