import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { callMoves, type CallSignal } from '../../../../src/domain/call/call-state.ts';
import { sitCategories, verdicts } from '../../../../src/domain/outcome.ts';
import {
  announcementAudiences,
  type CallRequest,
  type MachinePolicy,
  type NonLivePolicy,
} from '../../../../src/domain/request.ts';
import { callResult } from '../../../../src/domain/result.ts';
import {
  CallScript,
  dialRequest,
  evidence,
  verdict,
  type CallWatch,
} from '../../../support/dialer/call-script.ts';

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
      kind: fc.constantFrom('speech_start' as const, 'speech_end' as const, 'greeting_end' as const),
      atMs: ms,
    }),
    ms.map((atMs) => ({ kind: 'beep' as const, atMs, endMs: atMs + 400 })),
    fc.record({
      kind: fc.constant('correction' as const),
      verdict: fc.oneof(fc.constantFrom('live' as const, 'machine' as const), fc.constantFrom(...verdicts)),
      confidence: fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true })),
      atMs: ms,
    }),
  )
  .map((heard) => ({ type: 'heard', heard }));

/** Everything that may come in, at any time. */
const anyEvent: fc.Arbitrary<CallSignal> = fc.oneof(
  { weight: 6, arbitrary: plain('seized', 'number_sent', 'ringing', 'answered', 'dialled', 'proceeding') },
  {
    weight: 3,
    arbitrary: plain('released', 'transferred', 'joined', 'reset', 'no_answer', 'leg_lost'),
  },
  {
    weight: 2,
    arbitrary: fc.boolean().map((completed) => ({ type: 'played' as const, completed })),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom('', '9', '0', '5').map((digits) => ({ type: 'digits' as const, digits })),
  },
  { weight: 4, arbitrary: verdictEvent },
  { weight: 2, arbitrary: heardEvent },
  { weight: 2, arbitrary: fc.constant<CallSignal>({ type: 'agent', agentId: 'ann', extension: '7001' }) },
  { weight: 2, arbitrary: fc.constant<CallSignal>({ type: 'leg', agentId: 'ann', channel: 9 }) },
  {
    weight: 1,
    arbitrary: fc
      .record({
        command: fc.constantFrom(
          ...['seize', 'dial', 'transfer', 'join', 'play', 'stopPlay', 'collectDigits', 'drop', 'reset'],
        ),
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
      { type: 'no_agents' },
      { type: 'alarm', alarm: 'red' },
      { type: 'alarm', alarm: null },
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
const machinePolicy: fc.Arbitrary<MachinePolicy> = fc.oneof(
  policy,
  fc.record({
    action: fc.constant('message' as const),
    file: fc.constant('call-back'),
    maxWaitMs: fc.integer({ min: 1_000, max: 20_000 }),
  }),
);
const handoff: fc.Arbitrary<CallRequest['handoff']> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom<CallRequest['handoff']>(
      { kind: 'agent' },
      { kind: 'destination', extension: '7000' },
      { kind: 'engaged', group: 'sales' },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('test' as const), holdMs: fc.integer({ min: 0, max: 5_000 }) }),
  },
);

const life = fc.record({
  request: fc.record({
    handoff,
    onMachine: machinePolicy,
    onFax: policy,
    onSilence: policy,
    announcement: fc.option(fc.constant('sorry'), { nil: undefined }),
    announcementFor: fc.constantFrom(undefined, ...announcementAudiences),
    optOut: fc.constantFrom(undefined, { key: '9' }, { key: '9', file: 'removed' }),
    agentKey: fc.constantFrom(undefined, '0'),
    agentTimeoutMs: fc.integer({ min: 0, max: 10_000 }),
  }),
  bridgedTransfer: fc.boolean(),
  answerSignalled: fc.boolean(),
  /** Most lives begin well, so that the later phases are reached too. */
  wellUntil: fc.constantFrom(0, 1, 2, 3, 3, 3, 4, 4, 5),
  events: fc.array(fc.tuple(anyEvent, fc.integer({ min: 0, max: 4_000 })), { maxLength: 25 }),
});

/** Lives of machines that are listened to for their beep. */
const machineLife = fc
  .tuple(
    life,
    machinePolicy,
    fc.constantFrom(4 as const, 5 as const),
    fc.array(
      fc.tuple(
        fc.oneof({ weight: 4, arbitrary: heardEvent }, { weight: 1, arbitrary: anyEvent }),
        fc.integer({ min: 0, max: 4_000 }),
      ),
      { maxLength: 12 },
    ),
  )
  .map(([plan, onMachine, wellUntil, events]) => ({
    ...plan,
    request: { ...plan.request, onMachine },
    wellUntil,
    events,
  }));

function live(
  {
    request,
    bridgedTransfer,
    answerSignalled,
    wellUntil,
    events,
  }: typeof life extends fc.Arbitrary<infer T> ? T : never,
  watch?: CallWatch,
) {
  const call = new CallScript({ ...dialRequest(), ...request }, { bridgedTransfer }, watch);
  if (wellUntil > 0) call.send({ type: 'start', channel: 3, answerSignalled });
  if (wellUntil > 1) call.send({ type: 'seized' }, { type: 'number_sent' });
  if (wellUntil > 2) call.wait(500).send({ type: 'answered' });
  const speech = (kind: 'speech_start' | 'speech_end') =>
    call.send({ type: 'heard', heard: { kind, atMs: call.now - (call.state.dialledAt ?? 0) } });
  if (wellUntil > 3) speech('speech_start').wait(500);
  if (wellUntil > 4) speech('speech_end');
  if (wellUntil > 3) call.send(verdict(wellUntil > 4 ? 'live' : 'machine'));
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
        let sent = false;
        const call = live(plan, ({ type }, _effects, { phase }) => {
          if (type === 'number_sent' && phase === 'dialling') sent = true;
        }).wait(forEver);
        const dials = call.kinds().filter((kind) => kind === 'dial').length;
        expect(dials).toBeLessThanOrEqual(1);
        const refusedMark = call.handBacks().includes('JOURNAL_ERROR');
        if (call.handBacks().length > 0 && !refusedMark) expect(sent).toBe(false);
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
        fc.pre(plan.request.handoff.kind !== 'test');
        const call = live(plan).wait(forEver);
        const [outcome] = call.outcomes();
        if (outcome === undefined || outcome.result !== callResult.Answer) return;
        const sought = call
          .kinds()
          .some((kind) => ['request_agent', 'request_leg', 'transfer'].includes(kind));
        if (outcome.status === 'dropped') expect(outcome.reason).not.toBeNull();
        const toldAll = plan.request.announcementFor === 'all' && call.kinds().includes('play');
        const dialerEnded = [
          'shutdown',
          'out_of_service',
          'board_dead',
          'customer_hung_up',
          'cancel',
          'alarm_red',
          ...(toldAll ? ['announced', 'do_not_call'] : []),
        ];
        if (!sought) expect(dialerEnded).toContain(outcome.reason);
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

  test('plays one file at a time', () => {
    fc.assert(
      fc.property(life, (plan) => {
        let playing = false;
        const call = live(plan, (event, effects) => {
          if (event.type === 'played' || (event.type === 'failed' && event.command === 'play'))
            playing = false;
          for (const { kind } of effects) {
            if (kind === 'stop_play') expect(playing).toBe(true);
            if (kind !== 'play') continue;
            expect(playing).toBe(false);
            playing = true;
          }
        });
        call.wait(forEver);
      }),
      { numRuns: 3_000 },
    );
  });

  test('leaves a message only on a machine that does not speak, or after its beep', () => {
    const heard = { speaking: false, beeped: false };
    let messages = 0;
    fc.assert(
      fc.property(machineLife, (plan) => {
        Object.assign(heard, { speaking: false, beeped: false });
        const call = live(plan, (event, effects, state) => {
          if (event.type === 'heard') {
            const { kind } = event.heard;
            if (kind === 'speech_start') Object.assign(heard, { speaking: true, beeped: false });
            if (kind === 'speech_end') heard.speaking = false;
            if (kind === 'beep') heard.beeped = true;
          }
          for (const effect of effects) {
            if (effect.kind !== 'play' || effect.announcement !== 'call-back') continue;
            messages++;
            expect(state.result).toBe(callResult.AnsweringMachine);
            expect(state.phase).toBe('leaving_message');
            expect(!heard.speaking || heard.beeped).toBe(true);
          }
        });
        call.wait(forEver);
        const [outcome] = call.outcomes();
        if (outcome?.reason === 'message_left') {
          expect(call.effects).toContainEqual({ kind: 'play', announcement: 'call-back' });
          expect(outcome).toMatchObject({ result: callResult.AnsweringMachine, status: 'dropped' });
        }
      }),
      { numRuns: 3_000 },
    );
    expect(messages).toBeGreaterThan(30);
  });

  test('tells of a wish for Do Not Call once, before its end, and only when the key was pressed', () => {
    let wishes = 0;
    fc.assert(
      fc.property(life, (plan) => {
        let pressed = false;
        let listens = false;
        const call = live(plan, (event, _effects, state) => {
          if (event.type === 'digits' && event.digits === '9') {
            pressed = true;
            if (listens && plan.request.optOut !== undefined) {
              expect(['confirming_opt_out', 'dropping']).toContain(state.phase);
            }
          }
          const { phase, collecting } = state;
          listens = collecting && (phase === 'announcing' || phase === 'awaiting_key');
        });
        call.wait(forEver);
        const reports = call.effects.flatMap((effect) =>
          effect.kind === 'report' ? [effect.report.kind] : [],
        );
        const told = reports.filter((kind) => kind === 'do_not_call').length;
        wishes += told;
        expect(told).toBeLessThanOrEqual(pressed && plan.request.optOut !== undefined ? 1 : 0);
        if (told > 0) expect(['outcome', 'hand_back']).toContain(reports.at(-1));
      }),
      { numRuns: 3_000 },
    );
    expect(wishes).toBeGreaterThan(3);
  });

  test('uses every move of the table: none is there for nothing, and the lives above reach them', () => {
    const seen = new Set<string>();
    const lives = [
      ...fc.sample(life, { numRuns: 12_000, seed: 7 }),
      ...fc.sample(machineLife, { numRuns: 6_000, seed: 7 }),
    ];
    for (const plan of lives) {
      for (const effect of live(plan).wait(forEver).effects) {
        if (effect.kind === 'moved') seen.add(`${effect.from} ${effect.to}`);
      }
    }
    const table = Object.entries(callMoves).flatMap(([from, all]) => all.map((to) => `${from} ${to}`));
    expect(table.filter((move) => !seen.has(move))).toEqual([]);
  });
});
