import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  isWanted,
  legMoves,
  legPhases,
  newLeg,
  stepLeg,
  type LegEffect,
  type LegEvent,
  type LegPhase,
  type LegState,
} from '../../../src/domain/leg.ts';

/** Drives `stepLeg` with a clock of its own; a call takes the leg whenever it is offered one, if it wants one. */
class LegScript {
  state: LegState;
  readonly effects: LegEffect[] = [];
  readonly moves = new Set<string>();
  now = 1_000;
  private timer: { phase: LegPhase; at: number } | null = null;
  private readonly callsWait: boolean;
  private calls = 0;

  constructor(callsWait = false) {
    this.callsWait = callsWait;
    const { state, effects } = newLeg({
      engagementId: 'e-1',
      group: 'sales',
      agentId: 'ann',
      extension: '7001',
    });
    this.state = state;
    this.take(effects);
  }

  send(...events: LegEvent[]): this {
    for (const event of events) {
      const from = this.state.phase;
      const result = stepLeg(this.state, event, this.now);
      this.state = result.state;
      if (from !== result.state.phase) this.moves.add(`${from} ${result.state.phase}`);
      this.take(result.effects);
    }
    return this;
  }

  wait(ms: number): this {
    const until = this.now + ms;
    while (this.timer !== null && this.timer.at <= until) {
      const { phase, at } = this.timer;
      this.timer = null;
      this.now = at;
      this.send({ type: 'timer', phase });
    }
    this.now = until;
    return this;
  }

  kinds(): string[] {
    return this.effects.map(({ kind }) => kind);
  }

  reports(): [string, string | null][] {
    return this.effects.flatMap((effect) =>
      effect.kind === 'report' ? [[effect.state, effect.reason] as [string, string | null]] : [],
    );
  }

  private take(effects: readonly LegEffect[]): void {
    this.effects.push(...effects);
    for (const effect of effects) {
      if (effect.kind === 'start_timer') this.timer = { phase: effect.phase, at: this.now + effect.ms };
      if (effect.kind === 'cancel_timer') this.timer = null;
      if (effect.kind === 'offer' && this.callsWait)
        this.send({ type: 'take', attemptId: `a-${++this.calls}` });
    }
  }
}

const events: fc.Arbitrary<LegEvent> = fc.constantFrom<LegEvent>(
  { type: 'seized' },
  { type: 'seized' },
  { type: 'answered' },
  { type: 'answered' },
  { type: 'parted' },
  { type: 'no_answer' },
  { type: 'disconnected', cause: 16 },
  { type: 'disconnected', cause: null },
  { type: 'released' },
  { type: 'reset' },
  { type: 'failed', reason: 'glare' },
  { type: 'out_of_service', reason: 'hardware' },
  { type: 'dead', reason: 'gone' },
  { type: 'refused', command: 'seize' },
  { type: 'refused', command: 'dial' },
  { type: 'refused', command: 'part' },
  { type: 'refused', command: 'drop' },
  { type: 'refused', command: 'reset' },
  { type: 'timer', phase: 'dialling' },
  { type: 'take', attemptId: 'a-9' },
  { type: 'take', attemptId: 'a-9' },
  { type: 'give_back' },
  { type: 'give_back' },
  { type: 'disengage' },
  { type: 'forgotten' },
  { type: 'adopted', engagementId: 'e-2' },
  { type: 'asked_again' },
  { type: 'shutdown' },
);

const life = fc.record({
  callsWait: fc.boolean(),
  upFirst: fc.boolean(),
  events: fc.array(fc.tuple(events, fc.integer({ min: 0, max: 12_000 })), { maxLength: 30 }),
});

function live(plan: typeof life extends fc.Arbitrary<infer T> ? T : never): LegScript {
  const leg = new LegScript(plan.callsWait);
  if (plan.upFirst) leg.send({ type: 'seized' }, { type: 'answered' });
  for (const [event, pauseMs] of plan.events) leg.send(event).wait(pauseMs);
  return leg;
}

describe('any leg, whatever happens to it', () => {
  test('makes no illegal move, ends once when it is shut down, and is silent then', () => {
    fc.assert(
      fc.property(life, (plan) => {
        const leg = live(plan).send({ type: 'shutdown' }).wait(100_000);
        expect(leg.state.phase).toBe('ended');
        expect(leg.kinds().filter((kind) => kind === 'free_channel')).toHaveLength(1);
        expect(leg.kinds().at(-1)).toBe('free_channel');
        const before = leg.effects.length;
        for (const [event] of plan.events) leg.send(event);
        expect(leg.effects.length).toBe(before);
      }),
      { numRuns: 1_000 },
    );
  });

  test('is dialled at most once, and OCS hears of its end once, last, and as what it was', () => {
    fc.assert(
      fc.property(life, (plan) => {
        const leg = live(plan).send({ type: 'shutdown' }).wait(100_000);
        expect(leg.kinds().filter((kind) => kind === 'dial').length).toBeLessThan(2);
        const states = leg.reports().map(([state]) => state);
        expect(states.filter((state) => state !== 'up')).toEqual([leg.state.wasUp ? 'released' : 'failed']);
        expect(states.at(-1)).not.toBe('up');
      }),
      { numRuns: 1_000 },
    );
  });

  test('has one call at a time: whoever was given it gave it back or lost it before the next', () => {
    fc.assert(
      fc.property(life, (plan) => {
        const leg = live(plan).send({ type: 'shutdown' }).wait(100_000);
        let holder: string | null = null;
        for (const effect of leg.effects) {
          if (effect.kind === 'give') {
            expect(holder).toBeNull();
            holder = effect.attemptId;
          } else if (effect.kind === 'take_away') {
            expect(effect.attemptId).toBe(holder);
            holder = null;
          } else if (effect.kind === 'part') holder = null;
        }
        expect(holder).toBeNull();
        expect(leg.state.attemptId).toBeNull();
      }),
      { numRuns: 1_000 },
    );
  });

  test('that is to leave is never offered to a call again', () => {
    fc.assert(
      fc.property(life, (plan) => {
        const leg = live(plan).send({ type: 'disengage' });
        const before = leg.kinds().filter((kind) => kind === 'offer').length;
        leg.send({ type: 'give_back' }, { type: 'parted' }).wait(1_000);
        expect(leg.kinds().filter((kind) => kind === 'offer')).toHaveLength(before);
        expect(isWanted(leg.state)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  test('reaches every move of the table, and no other', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(life, (plan) => {
        for (const move of live(plan).moves) seen.add(move);
      }),
      { numRuns: 4_000, seed: 7 },
    );
    const table = legPhases.flatMap((from) => legMoves[from].map((to) => `${from} ${to}`));
    expect([...seen].sort()).toEqual(table.sort());
  });
});

describe('a leg', () => {
  const up = () => new LegScript().send({ type: 'seized' }, { type: 'answered' });

  test('is up, offered, given, parted, and offered again', () => {
    const leg = up().send({ type: 'take', attemptId: 'a-1' }, { type: 'give_back' }, { type: 'parted' });
    expect(leg.kinds().filter((kind) => !kind.endsWith('_timer'))).toEqual([
      'seize',
      'dial',
      'report',
      'offer',
      'give',
      'part',
      'offer',
    ]);
  });

  test.each([
    ['seizing', new LegScript(), 10_000, 'no_answer'],
    ['dialling', new LegScript().send({ type: 'seized' }), 60_000, 'no_answer'],
  ])('that hears nothing while %s is dropped when its time is up', (_phase, leg, ms, reason) => {
    leg.wait(ms - 1);
    expect(leg.kinds()).not.toContain('drop');
    leg.wait(1);
    expect(leg.state).toMatchObject({ phase: 'dropping', reason });
  });

  test('is idle again when the board does not say that it parted', () => {
    const leg = up().send({ type: 'take', attemptId: 'a-1' }, { type: 'give_back' }).wait(999);
    expect(leg.state.phase).toBe('parting');
    expect(leg.wait(1).state.phase).toBe('idle');
  });

  test('that is not released is reset, and lost when that does not come either', () => {
    const leg = up().send({ type: 'disengage' }).wait(8_000);
    expect(leg.kinds().at(-1)).toBe('reset');
    leg.wait(10_000);
    expect(leg.effects.at(-1)).toEqual({ kind: 'free_channel', condition: 'lost', reason: 'disengaged' });
    const back = up().send({ type: 'disengage' }).wait(8_000).send({ type: 'reset' });
    expect(back.effects.at(-1)).toMatchObject({ condition: 'suspect' });
  });

  test('whose first reason to end stands', () => {
    const leg = up()
      .send({ type: 'disconnected', cause: 17 }, { type: 'shutdown' }, { type: 'released' })
      .wait(0);
    expect(leg.reports().at(-1)).toEqual(['released', 'cause_17']);
    expect(leg.effects.at(-1)).toEqual({ kind: 'free_channel', condition: 'good', reason: null });
  });

  test.each([
    ['seize', new LegScript(), { condition: 'suspect', reason: 'seize_refused' }],
    ['drop', up().send({ type: 'shutdown' }), { condition: 'good', reason: null }],
    [
      'reset',
      up().send({ type: 'shutdown' }, { type: 'failed', reason: 'busy' }),
      { condition: 'lost', reason: 'shutdown' },
    ],
  ] as const)('whose %s the board refuses gives its channel back', (command, leg, expected) => {
    leg.send({ type: 'refused', command });
    expect(leg.effects.at(-1)).toEqual({ kind: 'free_channel', ...expected });
  });

  test('that OCS forgot has its new name in what it reports', () => {
    const leg = up().send({ type: 'forgotten' });
    expect(leg.state.forgotten).toBe(true);
    leg.send({ type: 'adopted', engagementId: 'e-2' });
    expect(leg.state).toMatchObject({ forgotten: false, engagementId: 'e-2' });
    expect(leg.reports()).toEqual([
      ['up', null],
      ['up', null],
    ]);
    expect(new LegScript().send({ type: 'asked_again' }).reports()).toEqual([]);
  });

  test('that is to leave after its call stays when OCS asks for it again', () => {
    const leg = up().send({ type: 'take', attemptId: 'a-1' }, { type: 'disengage' }, { type: 'forgotten' });
    leg.send({ type: 'asked_again' });
    expect(leg.state).toMatchObject({ leaving: false, forgotten: false });
    leg.send({ type: 'give_back' }, { type: 'parted' });
    expect(leg.state.phase).toBe('idle');
  });

  test('that is being hung up is not told as up again', () => {
    const leg = up().send({ type: 'disengage' }, { type: 'asked_again' });
    expect(leg.reports()).toEqual([['up', null]]);
    expect(isWanted(leg.state)).toBe(false);
  });
});
