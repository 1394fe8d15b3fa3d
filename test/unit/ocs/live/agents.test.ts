import { beforeEach, describe, expect, it } from 'vitest';
import type { AgentState } from '../../../../src/api/presence.ts';
import { openRooms, type Rooms } from '../../../support/ocs/rooms.ts';

let rooms: Rooms;
beforeEach(() => {
  rooms = openRooms();
});
const add = (id: string, group = 'sales') => rooms.agents.add(id, `7${id}`, group);
const ready = (id: string, group = 'sales') => {
  const agent = add(id, group);
  rooms.agents.move(agent, 'ready');
  return agent;
};

/** The ways of an agent through a shift; what is not here is refused. */
const allowed: Record<AgentState, AgentState[]> = {
  not_ready: ['ready', 'reserved', 'busy', 'wrap_up'],
  ready: ['not_ready', 'reserved', 'busy'],
  reserved: ['ready', 'not_ready', 'busy'],
  busy: ['wrap_up', 'ready', 'not_ready'],
  wrap_up: ['ready', 'not_ready'],
};
const states = Object.keys(allowed) as AgentState[];

describe('an agent', () => {
  it('is logged in not ready, with nothing on the screen', () => {
    expect(add('1')).toMatchObject({
      agentId: '1',
      extension: '71',
      group: 'sales',
      state: 'not_ready',
      stateSince: rooms.clock.elapsed(),
      idleSince: rooms.clock.elapsed(),
      attemptId: null,
      handle: null,
      workSince: null,
      next: 'ready',
      online: true,
      leg: 'none',
    });
  });

  it.each(states.flatMap((from) => states.map((to) => [from, to] as const)))(
    'goes from %s to %s, or is refused',
    (from, to) => {
      const agent = add('1');
      agent.state = from;
      rooms.clock.advance(1_000);
      if (from === to || allowed[from].includes(to)) {
        rooms.agents.move(agent, to);
        expect(agent.state).toBe(to);
        // Staying is no move: the time in the state goes on.
        expect(agent.stateSince).toBe(from === to ? rooms.clock.elapsed() - 1_000 : rooms.clock.elapsed());
        return;
      }
      expect(() => {
        rooms.agents.move(agent, to);
      }).toThrow(
        expect.objectContaining({ code: 'ILLEGAL_STATE', found: to, expected: allowed[from].join(', ') }),
      );
      expect(agent.state).toBe(from);
    },
  );

  it('has an extension of their own; one who logs in anew may keep it', () => {
    rooms.agents.add('ann', '7001', 'sales');
    expect(() => rooms.agents.add('bob', '7001', 'sales')).toThrow(
      expect.objectContaining({ code: 'ILLEGAL_STATE', field: 'GSW_EXTENSION' }),
    );
    const again = rooms.agents.add('ann', '7001', 'sales');
    expect(rooms.agents.get('ann')).toBe(again);
    expect(rooms.agents.byExtension('7001')).toBe(again);
    rooms.agents.remove('ann');
    expect([rooms.agents.get('ann'), rooms.agents.byExtension('7001')]).toEqual([undefined, undefined]);
  });
});

describe('the next call goes to', () => {
  it('the agent of the group who has been idle longest, who is ready and there', () => {
    for (const id of ['1', '2', '3']) {
      ready(id);
      rooms.clock.advance(1_000);
    }
    ready('4', 'service');
    const idle = () => rooms.agents.idle('sales')?.agentId;
    expect(idle()).toBe('1');
    const one = rooms.agents.get('1');
    if (one !== undefined) one.online = false;
    expect(idle()).toBe('2');
    expect(rooms.agents.idle('sales', ({ agentId }) => agentId !== '2')?.agentId).toBe('3');
    expect(rooms.agents.idle('nobody')).toBeNull();
  });

  it('the one whose call never came before those who have been idle since, and after a call to the last', () => {
    const one = ready('1');
    rooms.clock.advance(1_000);
    ready('2');
    rooms.clock.advance(1_000);
    rooms.agents.move(one, 'reserved');
    expect(rooms.agents.idle('sales')?.agentId).toBe('2');
    rooms.agents.move(one, 'ready');
    expect(rooms.agents.idle('sales')?.agentId).toBe('1');
    rooms.agents.move(one, 'busy');
    rooms.agents.move(one, 'ready');
    expect(rooms.agents.idle('sales')?.agentId).toBe('2');
  });
});
