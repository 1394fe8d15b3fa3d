import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { callMoves, type CallSignal } from '../../src/domain/call-state.ts';
import { sitCategories, verdicts } from '../../src/domain/outcome.ts';
import type { Handoff, NonLivePolicy } from '../../src/domain/request.ts';
import { callResult } from '../../src/domain/result.ts';
import { CallScript, dialRequest, evidence } from '../support/call-script.ts';

const ms = fc.integer({ min: 0, max: 20_000 });
const maybeMs = fc.option(ms, { nil: null });
const plain = (...types: string[]) => fc.constantFrom(...types).map((type) => ({ type }) as CallSignal);

const verdictEvent: fc.Arbitrary<CallSignal> = fc
  .record({
    verdict: fc.constantFrom(...verdicts),
    sit: fc.option(fc.constantFrom(...sitCategories), { nil: null }),
    answerMs: maybeMs,
    speechStartMs: maybeMs,
    greetingEndMs: maybeMs,
    confidence: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ verdict, sit, confidence, ...times }) => ({
    type: 'verdict',
    verdict,
    sit,
    confidence,
    evidence: evidence({ verdict, sit, confidence, ...times }),
  }));

const heardEvent: fc.Arbitrary<CallSignal> = fc
  .oneof(
    fc.constantFrom({ kind: 'number_unobtainable' as const }, { kind: 'ringback' as const }),
    fc.record({ kind: fc.constantFrom('ringback_over' as const, 'sound' as const), atMs: ms }),
    fc.record({
      kind: fc.constantFrom('speech_start' as const, 'greeting_end' as const, 'beep' as const),
      atMs: ms,
    }),
    fc.record({
      kind: fc.constant('correction' as const),
      verdict: fc.constantFrom(...verdicts),
      confidence: fc.double({ min: 0, max: 1, noNaN: true }),
      atMs: ms,
    }),
  )
  .map((heard) => ({ type: 'heard', heard }));

/** Everything that may come in, at any time. */
const anyEvent: fc.Arbitrary<CallSignal> = fc.oneof(
  { weight: 6, arbitrary: plain('seized', 'ringing', 'answered', 'dialled', 'proceeding') },
  {
    weight: 3,
    arbitrary: plain('released', 'transferred', 'joined', 'played', 'reset', 'no_answer', 'leg_lost'),
  },
  { weight: 4, arbitrary: verdictEvent },
  { weight: 2, arbitrary: heardEvent },
  { weight: 2, arbitrary: fc.constant<CallSignal>({ type: 'agent', agentId: 'ann', extension: '7001' }) },
  { weight: 2, arbitrary: fc.constant<CallSignal>({ type: 'leg', agentId: 'ann', channel: 9 }) },
  {
    weight: 1,
    arbitrary: fc
      .record({
        command: fc.constantFrom('seize', 'dial', 'transfer', 'join', 'play', 'drop', 'reset'),
        reason: fc.constantFrom('no_dial_tone', 'glare', 'hardware', 'transfer_busy', 'JOURNAL_ERROR'),
      })
      .map((fields) => ({ type: 'failed' as const, ...fields })),
  },
  {
    weight: 1,
    arbitrary: fc
      .option(fc.integer({ min: 1, max: 127 }), { nil: null })
      .map((cause) => ({ type: 'disconnected' as const, cause })),
  },
  { weight: 1, arbitrary: plain('cancel') },
  {
    weight: 1,
    arbitrary: fc.constantFrom<CallSignal>(
      { type: 'shutdown', how: 'drain' },
      { type: 'shutdown', how: 'hangup' },
      { type: 'alarm', alarm: 'red' },
      { type: 'out_of_service', reason: 'hardware' },
      { type: 'dead', reason: 'gone' },
    ),
  },
  { weight: 1, arbitrary: fc.constant<CallSignal>({ type: 'timer', name: 'answered' }) },
);

const policy: fc.Arbitrary<NonLivePolicy> = fc.constantFrom(
  { action: 'drop' },
  { action: 'transfer', extension: '7999' },
);
const handoff: fc.Arbitrary<Handoff> = fc.constantFrom<Handoff>(
  { kind: 'agent' },
  { kind: 'destination', extension: '7000' },
  { kind: 'engaged', group: 'sales' },
);

const life = fc.record({
  request: fc.record({
    handoff,
    onMachine: policy,
    onFax: policy,
    onSilence: policy,
    announcement: fc.option(fc.constant('sorry'), { nil: undefined }),
    agentTimeoutMs: fc.integer({ min: 0, max: 10_000 }),
  }),
  bridgedTransfer: fc.boolean(),
  answerSignalled: fc.boolean(),
  testHoldMs: fc.option(fc.integer({ min: 0, max: 5_000 }), { nil: null, freq: 4 }),
  /** Most lives begin well, so that the later phases are reached too. */
  wellUntil: fc.constantFrom(0, 1, 2, 3, 3, 3),
  events: fc.array(fc.tuple(anyEvent, fc.integer({ min: 0, max: 4_000 })), { maxLength: 25 }),
});

function live({
  request,
  bridgedTransfer,
  answerSignalled,
  testHoldMs,
  wellUntil,
  events,
}: typeof life extends fc.Arbitrary<infer T> ? T : never) {
  const call = new CallScript(dialRequest(request), { bridgedTransfer, testHoldMs });
  if (wellUntil > 0) call.send({ type: 'start', channel: 3, answerSignalled });
  if (wellUntil > 1) call.send({ type: 'seized' });
  if (wellUntil > 2) call.wait(500).send({ type: 'answered' });
  for (const [event, pauseMs] of events) call.send(event).wait(pauseMs);
  return call;
}

/** The longest watchdog is the one of a joined call, 4 h; beside it the others are nothing. */
const forEver = 2 * 14_400_000;

describe('any call, whatever happens to it', () => {
  test('makes no illegal move, ends once its timers ran out, and ends exactly once', () => {
    fc.assert(
      fc.property(life, (plan) => {
        const call = live(plan).wait(forEver);
        expect(call.state.phase).toBe('ended');
        expect(call.outcomes().length + call.handBacks().length).toBe(1);
        expect(call.timersRunning).toEqual([]);
      }),
      { numRuns: 3_000 },
    );
  });

  test('is dialled at most once, and handed back only if it was not', () => {
    fc.assert(
      fc.property(life, (plan) => {
        const call = live(plan).wait(forEver);
        const dials = call.kinds().filter((kind) => kind === 'dial').length;
        expect(dials).toBeLessThanOrEqual(1);
        const refusedMark = call.handBacks().includes('JOURNAL_ERROR');
        if (call.handBacks().length > 0 && !refusedMark) expect(dials).toBe(0);
      }),
      { numRuns: 2_000 },
    );
  });

  test('is silent after its end: the channel is freed once, last, and nothing follows', () => {
    fc.assert(
      fc.property(life, anyEvent, (plan, late) => {
        const call = live(plan).wait(forEver);
        const freed = call.kinds().filter((kind) => kind === 'free_channel').length;
        expect(freed).toBe(call.state.channel === null ? 0 : 1);
        const before = call.effects.length;
        call.send(late);
        expect(call.effects.length).toBe(before);
        expect(call.state.lateEvents).toBeGreaterThan(0);
      }),
      { numRuns: 1_000 },
    );
  });

  test('with a person on the line is never just dropped: an agent was sought, or a reason is given', () => {
    fc.assert(
      fc.property(life, (plan) => {
        fc.pre(plan.testHoldMs === null);
        const call = live(plan).wait(forEver);
        const [outcome] = call.outcomes();
        if (outcome === undefined || outcome.result !== callResult.Answer) return;
        const sought = call
          .kinds()
          .some((kind) => ['request_agent', 'request_leg', 'transfer'].includes(kind));
        if (outcome.status === 'dropped') expect(outcome.reason).not.toBeNull();
        const houseEnded = [
          'shutdown',
          'out_of_service',
          'board_dead',
          'customer_hung_up',
          'cancel',
          'alarm_red',
        ];
        if (!sought) expect(houseEnded).toContain(outcome.reason);
      }),
      { numRuns: 2_000 },
    );
  });

  test('has a verdict by its deadline once it was answered', () => {
    fc.assert(
      fc.property(life, (plan) => {
        const call = live({ ...plan, wellUntil: 3 }).wait(forEver);
        const { answered, cpdCompleted } = call.state.milestones;
        if (answered === undefined || cpdCompleted === undefined) return;
        expect(cpdCompleted - answered).toBeLessThanOrEqual(4_750);
      }),
      { numRuns: 1_000 },
    );
  });

  test('uses every move of the table: none is there for nothing, and the lives above reach them', () => {
    const seen = new Set<string>();
    for (const plan of fc.sample(life, { numRuns: 15_000, seed: 7 })) {
      for (const effect of live(plan).wait(forEver).effects) {
        if (effect.kind === 'moved') seen.add(`${effect.from} ${effect.to}`);
      }
    }
    const table = Object.entries(callMoves).flatMap(([from, all]) => all.map((to) => `${from} ${to}`));
    expect(table.filter((move) => !seen.has(move))).toEqual([]);
  });
});
