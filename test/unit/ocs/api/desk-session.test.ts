import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRooms, type Rooms } from '../../../support/ocs/rooms.ts';

let rooms: Rooms;
beforeEach(() => {
  rooms = openRooms();
});
afterEach(() => {
  rooms.store.close();
});

const coded = (code: string, field?: string) =>
  expect.objectContaining({ code, ...(field !== undefined && { field }) }) as Error;

describe('a Login that is refused', () => {
  it('leaves the agent with the desk that has it', () => {
    const first = rooms.desk();
    first.login('a1', '2001');
    first.ask('Ready');
    rooms.desk().login('a2', '2002');
    expect(() => rooms.desk().login('a1', '2002')).toThrow(coded('ILLEGAL_STATE', 'GSW_EXTENSION'));
    expect(rooms.agents.get('a1')).toBe(first.desk.agent);
    expect(rooms.agents.idle('sales')?.agentId).toBe('a1');
    expect(first.closed).toEqual([]);
  });
});

/** The desk of agent a1, who talks with the customer of record 1. */
function talking() {
  rooms.load({ name: 'spring', list: 'l', mode: 'progressive', group: 'sales' }, ['5550101']);
  rooms.register('d1');
  const first = rooms.desk();
  first.login('a1', '2001');
  first.ask('Ready');
  const attemptId = rooms.retrieve('spring', 'd1');
  rooms.reports.take('d1', { kind: 'connected', attemptId, seq: 1, agentId: 'a1', extension: '2001' });
  return first;
}

describe('a Login of an agent who sits elsewhere', () => {
  it('takes the agent over; the first is told why', () => {
    const first = rooms.desk();
    first.login('a1', '2001');
    rooms.desk().login('a1', '2001');
    expect(first.inbox).toMatchObject([{ GSW_USER_EVENT: 'Error', GSW_ERROR: 'ILLEGAL_STATE' }]);
    expect(first.closed).toEqual([4001]);
    expect(rooms.logged).toContain('agent logged in elsewhere');
  });

  it('takes back a LogOut that waited for the record, and keeps the record', () => {
    const first = talking();
    expect(first.ask('LogOut')).toBeNull();
    const agent = rooms.agents.get('a1');
    expect(agent).toMatchObject({ next: 'log_out', handle: 1 });
    rooms.desk().login('a1', '2001');
    expect(rooms.agents.get('a1')).toBe(agent);
    expect(agent).toMatchObject({ next: 'not_ready', handle: 1 });
  });

  it('leaves what comes next to an agent who was to be ready', () => {
    talking();
    rooms.desk().login('a1', '2001');
    expect(rooms.agents.get('a1')).toMatchObject({ next: 'ready', handle: 1 });
  });

  it('is refused when pages take the agent from each other, until one is quiet for a minute', () => {
    rooms.desk().login('a1', '2001');
    for (let times = 0; times < 3; times += 1) rooms.desk().login('a1', '2001');
    const seated = rooms.desks.get('a1');
    for (let times = 0; times < 20; times += 1) {
      rooms.wireClock.advance(59_000);
      expect(() => rooms.desk().login('a1', '2001')).toThrow(coded('ILLEGAL_STATE', 'GSW_AGENT_ID'));
    }
    expect(rooms.desks.get('a1')).toBe(seated);
    rooms.desk().login('a2', '2002');
    rooms.wireClock.advance(60_000);
    rooms.desk().login('a1', '2001');
    expect(rooms.desks.get('a1')).not.toBe(seated);
  });

  it('is never refused once the other connection is lost', () => {
    for (let times = 0; times < 9; times += 1) {
      const { desk, login } = rooms.desk();
      login('a1', '2001');
      rooms.desks.lost(desk);
    }
    expect(rooms.agents.get('a1')).toBeDefined();
  });
});

describe('a Login of an agent whose call is up', () => {
  beforeEach(() => {
    const handoff = { kind: 'engaged' as const, group: 'sales' };
    const mode = 'progressive_with_seizing';
    rooms.load({ name: 'spring', list: 'l', mode, group: 'sales', handoff }, ['5550101']);
    rooms.register('d1');
  });

  it('finds it at its call, though the record is closed already', () => {
    const first = rooms.desk();
    first.login('a1', '2001');
    first.ask('Ready');
    const attemptId = rooms.retrieve('spring', 'd1');
    rooms.reports.take('d1', { kind: 'connected', attemptId, seq: 1, agentId: 'a1', extension: '2001' });
    first.ask('RecordProcessed', { GSW_RECORD_HANDLE: 1 });
    const agent = rooms.agents.get('a1');
    expect(agent).toMatchObject({ state: 'busy', handle: null, attemptId });

    expect(() => rooms.desk().login('a1', '2009')).toThrow(coded('ILLEGAL_STATE', 'GSW_EXTENSION'));
    const second = rooms.desk();
    second.login('a1', '2001');
    expect(rooms.agents.get('a1')).toBe(agent);
    expect(second.desk.agent).toMatchObject({ state: 'busy', attemptId });
    expect(first.closed).toEqual([4001]);
  });
});

describe('a Login where each agent has a token of its own', () => {
  const [sales, anywhere] = ['token-of-agent-one', 'token-of-agent-two'];
  beforeEach(() => {
    rooms.store.close();
    rooms = openRooms({
      tokens: {
        desktop: 'the-token-of-all-desktops',
        agents: { a1: { token: sales, group: 'sales' }, a2: { token: anywhere } },
      },
    });
  });
  const login = (agentId: string, token: string | undefined, group = 'sales') =>
    rooms.desk().ask('Login', {
      GSW_AGENT_ID: agentId,
      GSW_EXTENSION: agentId === 'a1' ? '2001' : '2002',
      GSW_GROUP: group,
      ...(token !== undefined && { GSW_TOKEN: token }),
    });

  it('is that of the agent who has the token, in its group', () => {
    login('a1', sales);
    login('a2', anywhere, 'service');
    expect(rooms.agents.all().map(({ agentId, group }) => [agentId, group])).toEqual([
      ['a1', 'sales'],
      ['a2', 'service'],
    ]);
  });

  it.each([
    ['a colleague', 'a2', sales],
    ['somebody without a token', 'a1', undefined],
    ['somebody with the token of all desktops', 'a1', 'the-token-of-all-desktops'],
    ['an agent who is not known', 'a3', sales],
    ['what every object has', 'constructor', sales],
  ])('as another one is refused and leaves that one its desktop: %s', (_who, agentId, token) => {
    const own = rooms.desk();
    own.ask('Login', {
      GSW_AGENT_ID: 'a2',
      GSW_EXTENSION: '2002',
      GSW_GROUP: 'sales',
      GSW_TOKEN: anywhere,
    });
    expect(() => login(agentId, token)).toThrow(coded('UNAUTHORIZED', 'GSW_TOKEN'));
    expect(rooms.agents.all().map((agent) => agent.agentId)).toEqual(['a2']);
    expect(own.closed).toEqual([]);
    expect(rooms.logged).toContain('wrong token');
  });

  it('in another group is refused', () => {
    expect(() => login('a1', sales, 'collections')).toThrow(coded('UNAUTHORIZED', 'GSW_GROUP'));
    expect(rooms.agents.all()).toEqual([]);
  });

  it('is refused otherwise after many wrong tokens from one address', () => {
    for (let times = 0; times < 10; times += 1) {
      expect(() => login('a1', 'wrong')).toThrow(coded('UNAUTHORIZED'));
    }
    expect(() => login('a1', 'wrong')).toThrow(coded('TOO_MANY_WRONG_TOKENS'));
    login('a1', sales);
    rooms.wireClock.advance(60_000);
    expect(() => login('a2', 'wrong')).toThrow(coded('UNAUTHORIZED'));
  });
});
