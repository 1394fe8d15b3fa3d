import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asleepAfterMs, createAgentStates } from '../../../../src/ocs/live/agent-states.ts';
import { openRooms, type Rooms } from '../../../support/ocs/rooms.ts';

let rooms: Rooms;
beforeEach(() => {
  rooms = openRooms();
});
afterEach(() => {
  rooms.store.close();
});

/** A page at which an agent is ready. */
function page() {
  const seat = rooms.desk();
  seat.login('a1', '2001');
  seat.ask('Alive');
  seat.ask('Ready');
  const states = () => seat.inbox.filter((message) => message['GSW_USER_EVENT'] === 'AgentState');
  return { ...seat, states };
}
const told = () => new Promise<void>((resolve) => queueMicrotask(resolve));

/** The agent has the record of an answered call on its screen. */
function talk() {
  rooms.load({ name: 'spring', list: 'l', mode: 'progressive', group: 'sales' }, ['5550101']);
  rooms.register('d1');
  const attemptId = rooms.retrieve('spring', 'd1');
  rooms.reports.take('d1', { kind: 'connected', attemptId, seq: 1, agentId: 'a1', extension: '2001' });
}

describe('a page that says that it runs', () => {
  it('is told each state once, with what comes next and since when', async () => {
    const { ask, states } = page();
    await told();
    expect(states()).toEqual([
      { GSW_USER_EVENT: 'AgentState', GSW_AGENT_STATE: 'ready', GSW_NEXT_STATE: 'ready', GSW_STATE_MS: 0 },
    ]);
    ask('Alive');
    await told();
    expect(states()).toHaveLength(1);
    talk();
    ask('NotReady', { GSW_REASON: 'Lunch' });
    await told();
    expect(states().at(-1)).toMatchObject({
      GSW_AGENT_STATE: 'busy',
      GSW_NEXT_STATE: 'not_ready',
      GSW_REASON: 'Lunch',
    });
    ask('Ready');
    await told();
    expect(states().at(-1)).toMatchObject({ GSW_AGENT_STATE: 'busy', GSW_NEXT_STATE: 'ready' });
    expect(states().at(-1)).not.toHaveProperty('GSW_REASON');
  });

  it('is told nothing of a change before it is kept, though it says Alive', async () => {
    const { desk, states } = page();
    await told();
    const agent = rooms.agents.get('a1')!;
    Object.assign(agent, { state: 'not_ready' });
    rooms.agentStates.alive(desk, agent);
    await told();
    expect(states()).toHaveLength(1);
    rooms.agentStates.changed();
    await told();
    expect(states()).toHaveLength(2);
  });

  it('is told nothing of a change that is taken back', async () => {
    const { states } = page();
    await told();
    expect(() =>
      rooms.store.transaction(() => {
        rooms.agentStates.notReady(rooms.agents.all()[0]!, 'Lunch');
        throw new Error('the database refuses');
      }),
    ).toThrow('refuses');
    await told();
    expect(states()).toHaveLength(1);
    rooms.agentStates.notReady(rooms.agents.all()[0]!, 'Meeting');
    await told();
    expect(states().at(-1)).toMatchObject({ GSW_REASON: 'Meeting' });
  });

  it('gets no calls once it is silent for 15 s, until it says Ready', async () => {
    const { ask, states } = page();
    rooms.wireClock.advance(asleepAfterMs - 1);
    expect(rooms.agents.idle('sales')?.agentId).toBe('a1');
    ask('Alive');
    rooms.wireClock.advance(asleepAfterMs - 1);
    expect(rooms.agents.idle('sales')?.agentId).toBe('a1');
    rooms.wireClock.advance(1);
    expect(rooms.agents.idle('sales')).toBeNull();
    expect(rooms.agents.get('a1')).toMatchObject({ state: 'not_ready', reason: 'asleep' });
    ask('Alive');
    await told();
    expect(states().at(-1)).toMatchObject({ GSW_AGENT_STATE: 'not_ready', GSW_REASON: 'asleep' });
    ask('Ready');
    expect(rooms.agents.idle('sales')?.agentId).toBe('a1');
  });

  it('keeps its call when it falls asleep, and gets none after it', () => {
    page();
    talk();
    rooms.wireClock.advance(asleepAfterMs);
    expect(rooms.agents.get('a1')).toMatchObject({ state: 'busy', next: 'not_ready', handle: 1 });
  });

  it('keeps its own reason for a pause when it falls asleep in it', () => {
    const { ask } = page();
    ask('NotReady', { GSW_REASON: 'Lunch' });
    rooms.wireClock.advance(asleepAfterMs);
    expect(rooms.agents.get('a1')).toMatchObject({ state: 'not_ready', reason: 'Lunch' });
  });

  it('is awake when what it said is read only after OCS stood still for longer', () => {
    const { desk } = page();
    const agent = rooms.agents.get('a1')!;
    const timers = new Set<() => void>();
    const after = (_ms: number, run: () => void) => {
      timers.add(run);
      return () => {
        timers.delete(run);
      };
    };
    /** All that is due runs before anything is read; what is begun meanwhile comes later. */
    const standStill = () => {
      for (const run of [...timers]) {
        timers.delete(run);
        run();
      }
    };
    const agentStates = createAgentStates({
      ...rooms,
      wireClock: { ...rooms.wireClock, after },
      memory: rooms.store.memory,
    });
    agentStates.alive(desk, agent);
    standStill();
    agentStates.alive(desk, agent);
    standStill();
    expect(agent).toMatchObject({ state: 'ready' });
    standStill();
    expect(agent).toMatchObject({ state: 'not_ready', reason: 'asleep' });
  });

  it('does not sleep at a connection that ended before its Alive was carried out', async () => {
    const { desk, states } = page();
    await told();
    const agent = rooms.agents.get('a1')!;
    rooms.desks.lost(desk);
    rooms.agentStates.left(desk);
    rooms.agentStates.alive(desk, agent);
    rooms.desks.seat(agent, rooms.desk().desk);
    rooms.agentStates.notReady(agent, 'Lunch');
    await told();
    expect(states()).toHaveLength(1);
    agent.next = 'ready';
    rooms.agents.move(agent, 'ready');
    rooms.wireClock.advance(asleepAfterMs);
    expect(agent).toMatchObject({ state: 'ready' });
  });

  it('does not make its agent not ready when it is closed: another desk has it by then', () => {
    const { desk } = page();
    rooms.desks.lost(desk);
    rooms.agentStates.left(desk);
    const second = rooms.desk();
    second.login('a1', '2001');
    second.ask('Ready');
    rooms.wireClock.advance(asleepAfterMs);
    expect(rooms.agents.get('a1')).toMatchObject({ state: 'ready' });
  });
});

it('a desktop that is no page is told no states, and never sleeps', async () => {
  const { ask, inbox, login } = rooms.desk();
  login('a1', '2001');
  ask('Ready');
  rooms.wireClock.advance(10 * asleepAfterMs);
  await told();
  expect(inbox).toEqual([]);
  expect(rooms.agents.get('a1')).toMatchObject({ state: 'ready' });
});

describe('an agent whom a supervisor logs out', () => {
  it('is out at once without a record, and told so', () => {
    const { inbox } = page();
    rooms.agentStates.logOut(rooms.agents.get('a1')!);
    expect(rooms.agents.all()).toEqual([]);
    expect(inbox).toContainEqual({ GSW_USER_EVENT: 'LogOutAcknowledge', GSW_AGENT_ID: 'a1' });
  });

  it('closes its record first', async () => {
    const { ask } = page();
    talk();
    rooms.agentStates.logOut(rooms.agents.get('a1')!);
    expect(rooms.agents.get('a1')).toMatchObject({ state: 'busy', next: 'log_out' });
    ask('CallReleased', { GSW_RECORD_HANDLE: 1 });
    ask('RecordProcessed', { GSW_RECORD_HANDLE: 1 });
    await told();
    expect(rooms.agents.all()).toEqual([]);
  });

  it('is out though its desktop is lost', () => {
    const { desk } = page();
    rooms.desks.lost(desk);
    rooms.agentStates.logOut(rooms.agents.get('a1')!);
    expect(rooms.agents.all()).toEqual([]);
  });
});
