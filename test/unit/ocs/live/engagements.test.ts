import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Command } from '../../../../src/link/schemas.ts';
import { openRooms, type Rooms } from '../../../support/ocs/rooms.ts';

const leaseMs = 30_000;
let rooms: Rooms;
beforeEach(() => {
  rooms = openRooms({ leaseMs });
  const handoff = { kind: 'engaged' as const, group: 'asm' };
  rooms.load({ name: 'asm', list: 'm', mode: 'progressive_with_seizing', group: 'asm', handoff }, [
    '5550103',
  ]);
});
afterEach(() => {
  rooms.store.close();
});

type Engage = Extract<Command, { kind: 'engage' }>;

/** A dialler with free channels, and how it goes on being heard. */
const dialler = (dialerId: string) => {
  const dialer = rooms.register(dialerId);
  dialer.free = 5;
  return {
    commands: () => rooms.engagements.commands(dialer),
    heard: () => rooms.dialers.need(dialerId, dialer.sessionId),
  };
};
const engaged = (commands: readonly Command[]): Engage => {
  const [only, ...others] = commands;
  if (only?.kind !== 'engage' || others.length > 0)
    throw new Error(`not one leg: ${JSON.stringify(commands)}`);
  return only;
};
const say = (engagementId: string, state: 'up' | 'failed' | 'released', reason: string | null = null) => {
  rooms.engagements.report({ engagementId, state, reason });
};
const silence = (...heard: ReturnType<typeof dialler>[]) => {
  for (const ms of [leaseMs, 1]) {
    rooms.wireClock.advance(ms);
    for (const one of heard) one.heard();
  }
  rooms.engagements.check();
};

describe('the leg of a dialler that fell silent', () => {
  it('is lost when the lease is over, not before: the agent gets one at another dialler', () => {
    const [first, second] = [dialler('d1'), dialler('d2')];
    const { agent } = rooms.sit('a1', '2001', 'asm');
    say(engaged(first.commands()).engagementId, 'up');
    rooms.wireClock.advance(leaseMs);
    second.heard();
    rooms.engagements.check();
    expect(rooms.engagements.legAt('a1')).toBe('d1');
    expect(second.commands()).toEqual([]);

    rooms.wireClock.advance(1);
    second.heard();
    rooms.engagements.check();
    expect(agent.leg).toBe('none');
    expect(rooms.engagements.legAt('a1')).toBeNull();
    const again = engaged(second.commands());
    expect(again).toMatchObject({ agentId: 'a1', extension: '2001' });
    say(again.engagementId, 'up');
    expect(rooms.engagements.legAt('a1')).toBe('d2');
  });

  it('is let go when that dialler comes back and the agent has another', () => {
    const [first, second] = [dialler('d1'), dialler('d2')];
    rooms.sit('a1', '2001', 'asm');
    const { engagementId } = engaged(first.commands());
    say(engagementId, 'up');
    silence(second);
    say(engaged(second.commands()).engagementId, 'up');
    first.heard();
    expect(first.commands()).toEqual([{ kind: 'disengage', engagementId }]);
    say(engagementId, 'released');
    expect(first.commands()).toEqual([]);
    expect(rooms.engagements.legAt('a1')).toBe('d2');
  });

  it('is the agent’s again when that dialler comes back before another one has rung', () => {
    const first = dialler('d1');
    const { agent } = rooms.sit('a1', '2001', 'asm');
    say(engaged(first.commands()).engagementId, 'up');
    silence();
    expect(agent.leg).toBe('none');
    first.heard();
    expect(first.commands()).toEqual([]);
    expect(agent.leg).toBe('up');
    expect(rooms.engagements.legAt('a1')).toBe('d1');
  });

  it('does not keep an agent who closed the record: the end of the call may never be told', () => {
    const first = dialler('d1');
    const desk = rooms.desk();
    desk.login('a1', '2001', 'asm');
    desk.ask('Ready');
    const attemptId = rooms.retrieve('asm', 'd1');
    rooms.reports.take('d1', { kind: 'connected', attemptId, seq: 1, agentId: 'a1', extension: '2001' });
    const { agent } = desk.desk;
    desk.ask('RecordProcessed', { GSW_RECORD_HANDLE: 1 });
    // Still joined with the customer, as long as the dialler is there.
    expect(agent).toMatchObject({ state: 'busy', attemptId });
    rooms.wireClock.advance(leaseMs);
    rooms.freeReserved();
    expect(agent?.state).toBe('busy');
    rooms.wireClock.advance(1);
    rooms.freeReserved();
    expect(agent).toMatchObject({ state: 'ready', attemptId: null });
    expect(first.commands()).toHaveLength(1);
  });

  it('does not keep an agent who closes the record later', () => {
    dialler('d1');
    const desk = rooms.desk();
    desk.login('a1', '2001', 'asm');
    desk.ask('Ready');
    const attemptId = rooms.retrieve('asm', 'd1');
    rooms.reports.take('d1', { kind: 'connected', attemptId, seq: 1, agentId: 'a1', extension: '2001' });
    silence();
    rooms.freeReserved();
    expect(desk.desk.agent?.state).toBe('busy');
    desk.ask('RecordProcessed', { GSW_RECORD_HANDLE: 1 });
    expect(desk.desk.agent?.state).toBe('ready');
  });
});

describe('a leg that the dialler let go while its telephone was still ringing', () => {
  it.each(['disengaged', 'shutdown', 'seize_refused', 'no_channel', 'RATE_LIMIT', 'drain'])(
    'says nothing of the telephone (%s): that dialler is asked for it again after a pause, another one at once',
    (reason) => {
      const [first, second] = [dialler('d1'), dialler('d2')];
      const { agent } = rooms.sit('a1', '2001', 'asm');
      say(engaged(first.commands()).engagementId, 'failed', reason);
      expect(agent.state).toBe('ready');
      rooms.wireClock.advance(4_999);
      rooms.engagements.check();
      expect(first.commands()).toEqual([]);
      const other = engaged(second.commands());
      expect(other.agentId).toBe('a1');
      say(other.engagementId, 'released');
      rooms.wireClock.advance(1);
      rooms.engagements.check();
      expect(engaged(first.commands()).agentId).toBe('a1');
    },
  );
});

describe('a leg refused by a limit', () => {
  it('is asked for again after a pause; the agent stays ready', () => {
    const first = dialler('d1');
    const { agent } = rooms.sit('a1', '2001', 'asm');
    say(engaged(first.commands()).engagementId, 'failed', 'EXTENSION_LIMIT');
    expect(agent.state).toBe('ready');
    rooms.wireClock.advance(4_999);
    expect(first.commands()).toEqual([]);
    rooms.wireClock.advance(1);
    expect(engaged(first.commands()).agentId).toBe('a1');
  });

  it('for a minute is told to the agent, who would wait in vain', () => {
    const first = dialler('d1');
    const { agent, inbox } = rooms.sit('a1', '2001', 'asm');
    for (let times = 0; times < 12; times += 1) {
      say(engaged(first.commands()).engagementId, 'failed', 'EXTENSION_LIMIT');
      expect(agent.state).toBe('ready');
      rooms.wireClock.advance(5_000);
      first.heard();
    }
    say(engaged(first.commands()).engagementId, 'failed', 'EXTENSION_LIMIT');
    expect(agent.state).toBe('not_ready');
    expect(inbox.at(-1)).toMatchObject({ GSW_USER_EVENT: 'AgentNotReady', GSW_REASON: 'leg_failed' });
  });

  it('says nothing of the agent when it is not the agent’s any more', () => {
    const [first, second] = [dialler('d1'), dialler('d2')];
    const { agent } = rooms.sit('a1', '2001', 'asm');
    const old = engaged(first.commands());
    silence(second);
    const present = engaged(second.commands());
    say(old.engagementId, 'failed', 'no_answer');
    expect(agent).toMatchObject({ state: 'ready', leg: 'asked' });
    // The agent sits at another telephone now; the leg to the old one is on its way out.
    agent.extension = '2002';
    say(present.engagementId, 'failed', 'no_answer');
    expect(agent.state).toBe('ready');
  });
});
