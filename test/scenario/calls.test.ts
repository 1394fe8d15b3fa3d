import { afterEach, describe, expect, test } from 'vitest';
import { simKinds, type SimKind } from '../../src/board/sim/config.ts';
import type { CheckedNumber } from '../../src/domain/number.ts';
import { callResult, type CallResultName } from '../../src/domain/result.ts';
import { Scenario, numberOf, subscribers } from '../support/dialer/scenario.ts';

const each = 3;

/**
 * Results that a call of each kind may end with, by tone or by the cause of the network. Doubts count as persons;
 * where answer is not signalled, a called party who says nothing is one who did not answer.
 */
const heard: Record<SimKind, CallResultName[]> = {
  live: ['Answer'],
  machine: ['AnsweringMachine', 'Answer'],
  screening: ['AnsweringMachine', 'Answer'],
  fax: ['Fax'],
  modem: ['Fax'],
  busy: ['Busy'],
  congestion: ['AllTrunksBusy'],
  sit: ['SitOperatorIntercept', 'SitVacantCode', 'SitReorder'],
  no_answer: ['NoAnswer'],
  silence: ['Silence', 'Answer', 'NoAnswer'],
  unobtainable: ['NuTone', 'SitVacantCode', 'SitUnknown', 'AllTrunksBusy'],
};

let scenario: Scenario;
afterEach(async () => {
  await scenario.close();
});

describe.each([
  { trunk: 'analog' as const, causes: false },
  { trunk: 'isdn' as const, causes: true },
  { trunk: 'isdn' as const, causes: false },
  { trunk: 'sip' as const, causes: false },
])('a list of every kind of number on $trunk trunks, causes: $causes', ({ trunk, causes }) => {
  test('has one end a call, hears what is there, and connects every person', async () => {
    scenario = await Scenario.open({ trunk, channels: 12, subscribers: subscribers(each, causes) });
    scenario.bench.ocs.agents = Array.from({ length: 60 }, (_, n) => ({
      agentId: `agent-${n}`,
      extension: `70${String(n).padStart(2, '0')}`,
    }));
    const numbers = simKinds.flatMap((kind) => Array.from({ length: each }, (_, n) => numberOf(kind, n)));
    scenario.offer(numbers);
    await scenario.run();

    const wrong = simKinds.flatMap((kind) =>
      Array.from({ length: each }, (_, n) => {
        const { result, status, evidence } = scenario.outcome(numberOf(kind, n));
        const fits = heard[kind].some((name) => callResult[name] === result);
        return fits ? [] : [`${kind} ${n}: ${result} ${status} by ${evidence?.rule}`];
      }).flat(),
    );
    expect(wrong).toEqual([]);
    for (let n = 0; n < each; n++) {
      expect(scenario.outcome(numberOf('live', n))).toMatchObject({ status: 'transferred' });
    }
    for (const number of numbers) expect(scenario.groundTruth(number), number).toHaveLength(1);
    await scenario.bench.dialer.drain();
    expect(scenario.bench.dialer.status()).toMatchObject({
      calls: 0,
      unacknowledged: 0,
      channels: { idle: 12, busy: 0, outOfService: 0 },
    });
  });
});

describe('persons', () => {
  const people = [0, 1, 2].map((n) => numberOf('live', n));

  test('whom no agent takes hear the announcement to its end, then are dropped, abandoned', async () => {
    scenario = await Scenario.open({ trunk: 'isdn', channels: 4, subscribers: subscribers(each, true) });
    scenario.offer(people, { agentTimeoutMs: 1_000 });
    await scenario.run();
    for (const number of people) {
      expect(scenario.outcome(number)).toMatchObject({ status: 'abandoned', reason: 'no_agent' });
      const [truth] = scenario.groundTruth(number);
      expect(truth?.endedBy).toBe('drop');
      const { cpdCompleted = 0, released = 0 } = scenario.outcome(number).milestones;
      expect(released - cpdCompleted).toBeGreaterThan(3_000);
    }
  });

  test.each([
    { wav: 'live-03-en.wav', trunk: 'analog' as const },
    { wav: 'live-03-en.wav', trunk: 'isdn' as const },
    { wav: 'live-10-en.wav', trunk: 'isdn' as const },
    { wav: 'live-10-en.wav', trunk: 'sip' as const },
  ])('who say one short word get an agent: $wav on $trunk', async ({ wav, trunk }) => {
    const number = '5559999' as CheckedNumber;
    const person = { number, kind: 'live' as const, ringMs: 3_900, speech: [wav], patienceMs: 15_000 };
    scenario = await Scenario.open({ trunk, channels: 1, subscribers: [person] });
    scenario.bench.ocs.agents = [{ agentId: 'ann', extension: '7001' }];
    scenario.offer([number]);
    await scenario.run();
    expect(scenario.outcome(number)).toMatchObject({ result: callResult.Answer, status: 'transferred' });
  });

  test.each([
    // A recording that says hello, waits and goes on; a telephone that rings on after the answer signal until
    // somebody comes.
    { kind: 'machine', speech: ['live-01-en.wav', 'machine-01-en.wav'], gap: 900, before: 'live' },
    { kind: 'live', speech: ['live-03-en.wav'], gap: 2_500, before: 'false_answer' },
  ] as const)('are told from machines after the verdict too: $before, then $kind', async (call) => {
    const number = '5559999' as CheckedNumber;
    const line = {
      number,
      kind: call.kind,
      ringMs: 2_000,
      beepMs: 0,
      repeatGapMs: call.gap,
      speech: [...call.speech],
      falseAnswerMs: call.before === 'false_answer' ? 12_000 : 0,
      patienceMs: 30_000,
    };
    scenario = await Scenario.open({ trunk: 'isdn', channels: 1, subscribers: [line] });
    scenario.offer([number], { agentTimeoutMs: 20_000, cpdTimeoutMs: 8_000 });
    await scenario.run();
    const { result, evidence } = scenario.outcome(number);
    expect(evidence).toMatchObject({
      rule: 'correction',
      verdict: call.kind,
      correction: { verdict: call.kind, taken: true, insteadOf: { verdict: call.before } },
    });
    expect(result).toBe(call.kind === 'machine' ? callResult.AnsweringMachine : callResult.Answer);
  });

  test('are offered to another agent when the first cannot be reached', async () => {
    scenario = await Scenario.open({ trunk: 'isdn', channels: 4, subscribers: subscribers(each, true) });
    scenario.bench.ocs.agents = [
      { agentId: 'busy', extension: '7100' },
      { agentId: 'ann', extension: '7001' },
    ];
    scenario.offer(people.slice(0, 1));
    await scenario.run();
    expect(scenario.outcome(people[0] ?? '')).toMatchObject({ status: 'transferred', agentId: 'ann' });
  });

  test.each(['blind', 'consult', 'bridge'] as const)(
    'go to a fixed destination by %s transfer',
    async (style) => {
      scenario = await Scenario.open({
        trunk: 'sip',
        channels: 4,
        subscribers: subscribers(each, true),
        config: { transferStyle: style },
      });
      scenario.offer(people, { handoff: { kind: 'destination', extension: '7000' } });
      await scenario.run();
      for (const number of people) expect(scenario.outcome(number).status).toBe('transferred');
      expect(scenario.bench.dialer.status().channels.idle).toBe(4);
    },
  );

  test('are joined with engaged legs within one frame of the verdict; the legs serve one after another', async () => {
    scenario = await Scenario.open({ trunk: 'isdn', channels: 6, subscribers: subscribers(each, true) });
    const { ocs, dialer } = scenario.bench;
    ocs.command(
      { kind: 'engage', engagementId: 'e-1', group: 'sales', agentId: 'ann', extension: '7001' },
      { kind: 'engage', engagementId: 'e-2', group: 'sales', agentId: 'bob', extension: '7002' },
    );
    dialer.start();
    await scenario.pass(5_000, () => ocs.engagements.length === 2);
    expect(ocs.engagements.map(({ state }) => state)).toEqual(['up', 'up']);
    scenario.offer(people, { handoff: { kind: 'engaged', group: 'sales' }, agentTimeoutMs: 20_000 });
    await scenario.run();
    const waits = people.map((number) => {
      const { milestones, status, agentId } = scenario.outcome(number);
      expect(status).toBe('transferred');
      expect(['ann', 'bob']).toContain(agentId);
      return (milestones.agentConnected ?? 0) - (milestones.cpdCompleted ?? 0);
    });
    waits.sort((a, b) => a - b);
    // Two legs for three people: two are joined at once, the third when a leg is free again.
    expect(waits[0]).toBeLessThanOrEqual(20);
    expect(waits[1]).toBeLessThanOrEqual(20);
    ocs.command({ kind: 'disengage', engagementId: 'e-1' }, { kind: 'disengage', engagementId: 'e-2' });
    await scenario.pass(5_000, () => ocs.engagements.length === 4);
    expect(dialer.status().channels).toEqual({ idle: 6, busy: 0, outOfService: 0 });
  });
});
