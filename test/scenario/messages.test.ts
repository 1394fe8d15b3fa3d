import { afterEach, describe, expect, test } from 'vitest';
import type { SimHeard } from '../../src/board/sim/config.ts';
import type { CheckedNumber } from '../../src/domain/number.ts';
import type { DialRequest } from '../../src/domain/request.ts';
import { callResult } from '../../src/domain/result.ts';
import { Scenario, type Subscriber } from '../support/dialer/scenario.ts';
import { speechFolder } from '../support/board/sim.ts';

const number = '5559999' as CheckedNumber;
const message = `${speechFolder}/announcement-4-en-no-agent.wav`;
const files = {
  'call-back': message,
  sorry: `${speechFolder}/announcement-1-en.wav`,
  removed: `${speechFolder}/announcement-2-en.wav`,
};
const leave: Partial<DialRequest> = {
  onMachine: { action: 'message', file: 'call-back', maxWaitMs: 40_000 },
  cpdTimeoutMs: 8_000,
};

let scenario: Scenario;
afterEach(async () => {
  await scenario.close();
});

/** One call to one subscriber. @returns what happened, and what really did */
async function call(
  trunk: 'analog' | 'isdn' | 'sip',
  subscriber: Partial<Subscriber>,
  over: Partial<DialRequest> = {},
  agents = 1,
) {
  scenario = await Scenario.open({
    trunk,
    channels: 1,
    subscribers: [{ kind: 'machine', ringMs: 2_500, patienceMs: 30_000, ...subscriber, number }],
    config: { announcements: files },
  });
  scenario.bench.ocs.agents = Array.from({ length: agents }, (_, n) => ({
    agentId: `agent-${n}`,
    extension: `700${n}`,
  }));
  scenario.offer([number], { ...leave, ...over });
  await scenario.run();
  const [truth] = scenario.groundTruth(number);
  if (truth === undefined) throw new Error('no call');
  return { outcome: scenario.outcome(number), truth };
}

const played = ({ heard }: { heard: SimHeard[] }) =>
  heard.map(({ file }) => Object.entries(files).find(([, path]) => path === file)?.[0]);

describe.each(['analog', 'isdn', 'sip'] as const)('a mailbox on a %s trunk', (trunk) => {
  test.each(['01', '02', '03', '04'])('has the message whole, after its beep: machine %s', async (n) => {
    const { outcome, truth } = await call(trunk, { speech: [`machine-${n}-en.wav`], beepMs: 400 });
    expect(outcome).toMatchObject({
      result: callResult.AnsweringMachine,
      status: 'dropped',
      reason: 'message_left',
    });
    expect(truth.recordsFrom).not.toBeNull();
    expect(truth.recorded).toEqual([
      { file: message, at: expect.any(Number) as number, fromMs: 0, ms: expect.any(Number) as number },
    ]);
    const [recorded] = truth.recorded;
    // Soon after the beep, and to the end of the file.
    expect((recorded?.at ?? 0) - (truth.recordsFrom ?? 0)).toBeLessThan(600);
    expect(recorded?.ms).toBeGreaterThan(3_000);
    expect(recorded?.ms).toBe(truth.heard.at(-1)?.ms);
    expect(truth.endedBy).toBe('drop');
  });
});

describe('a machine', () => {
  test('without a beep gets the message after two seconds of silence behind its greeting', async () => {
    const { outcome, truth } = await call('isdn', { speech: ['machine-02-en.wav'], beepMs: 0 });
    expect(outcome).toMatchObject({ result: callResult.AnsweringMachine, reason: 'message_left' });
    expect(truth.recorded).toHaveLength(1);
    expect(truth.recorded[0]?.fromMs).toBe(0);
    const silence = (truth.recorded[0]?.at ?? 0) - (truth.greetingEndAt ?? 0);
    expect(silence).toBeGreaterThanOrEqual(1_900);
    expect(silence).toBeLessThan(2_500);
  });

  test('whose greeting goes on after a long pause gets the message anew, whole, after the beep', async () => {
    const { outcome, truth } = await call('isdn', {
      speech: ['machine-01-en.wav', 'machine-03-en.wav'],
      repeatGapMs: 3_000,
      beepMs: 400,
    });
    expect(outcome).toMatchObject({ result: callResult.AnsweringMachine, reason: 'message_left' });
    expect(played(truth)).toEqual(['call-back', 'call-back']);
    const [cut, whole] = truth.heard;
    // It was silent again soon after the greeting went on.
    expect(cut?.ms).toBeLessThan(2_000);
    expect(whole?.at).toBeGreaterThan(truth.recordsFrom ?? Infinity);
    expect(truth.recorded).toEqual([whole]);
  });

  test('that hangs up into the message has part of it', async () => {
    const long = `${speechFolder}/machine-05-en.wav`;
    scenario = await Scenario.open({
      trunk: 'isdn',
      channels: 1,
      subscribers: [{ number, kind: 'machine', ringMs: 2_500, speech: ['machine-01-en.wav'] }],
      config: { announcements: { 'call-back': long } },
    });
    scenario.offer([number], { ...leave, announcement: undefined });
    scenario.bench.dialer.start();
    await scenario.pass(60_000, () => scenario.bench.dialer.calls()[0]?.phase === 'leaving_message');
    expect(scenario.bench.dialer.calls()[0]?.phase).toBe('leaving_message');
    scenario.board.simulation.injectFault({
      kind: 'alarm',
      span: 1,
      alarm: 'red',
      atMs: scenario.board.now() + 1_000,
      forMs: 500,
    });
    await scenario.run();
    expect(scenario.outcome(number)).toMatchObject({
      result: callResult.AnsweringMachine,
      reason: 'message_cut',
    });
    expect(scenario.groundTruth(number)[0]?.recorded[0]?.ms).toBeLessThan(1_200);
  });

  test('whose message a draining dialler leaves has it whole', async () => {
    scenario = await Scenario.open({
      trunk: 'isdn',
      channels: 1,
      subscribers: [{ number, kind: 'machine', ringMs: 2_500, speech: ['machine-01-en.wav'] }],
      config: { announcements: files },
    });
    scenario.offer([number], leave);
    scenario.bench.dialer.start();
    await scenario.pass(60_000, () => scenario.bench.dialer.calls()[0]?.phase === 'leaving_message');
    scenario.bench.ocs.down = true;
    const drained = scenario.bench.dialer.drain();
    await scenario.pass(1_000);
    expect(scenario.bench.dialer.calls()[0]?.phase).toBe('leaving_message');
    await scenario.pass(20_000, () => scenario.bench.dialer.calls().length === 0);
    scenario.bench.ocs.down = false;
    await drained;
    expect(scenario.outcome(number).reason).toBe('message_left');
  });
});

describe('a person who lifts the receiver while the message plays', () => {
  const takesOver = {
    speech: ['machine-01-en.wav', 'live-01-en.wav'],
    repeatGapMs: 4_000,
    beepMs: 0,
  };

  test.each(['isdn', 'sip'] as const)('goes to an agent on %s', async (trunk) => {
    const { outcome, truth } = await call(trunk, takesOver);
    expect(outcome).toMatchObject({
      result: callResult.Answer,
      status: 'transferred',
      agentId: 'agent-0',
      evidence: { rule: 'correction', verdict: 'live' },
    });
    // The message stopped for them.
    expect(played(truth)).toEqual(['call-back']);
    expect(truth.heard[0]?.ms).toBeLessThan(3_500);
  });

  test('hears the announcement where no agent is free', async () => {
    const { outcome, truth } = await call('isdn', takesOver, { agentTimeoutMs: 1_000 }, 0);
    expect(outcome).toMatchObject({ result: callResult.Answer, status: 'abandoned', reason: 'no_agent' });
    expect(played(truth)).toEqual(['call-back', 'sorry']);
    expect(truth.endedBy).toBe('drop');
  });
});

describe('a person in the announcement', () => {
  const person = { kind: 'live' as const, speech: ['live-01-en.wav'] };
  const keys: Partial<DialRequest> = {
    agentTimeoutMs: 1_000,
    optOut: { key: '9', file: 'removed' },
    agentKey: '0',
  };

  test.each(['analog', 'isdn', 'sip'] as const)(
    'puts the number on Do Not Call by key and hears that it was done: %s',
    async (trunk) => {
      const { outcome, truth } = await call(trunk, { ...person, dtmf: '59' }, keys, 0);
      expect(outcome).toMatchObject({
        result: callResult.Answer,
        status: 'abandoned',
        reason: 'do_not_call',
      });
      expect(played(truth)).toEqual(['sorry', 'removed']);
      expect(truth.heard[0]?.ms).toBeLessThan(2_000);
      const kinds = scenario.bench.ocs.story(number).map(({ kind }) => kind);
      expect(kinds.filter((kind) => kind === 'do_not_call')).toHaveLength(1);
      expect(kinds.indexOf('do_not_call')).toBeLessThan(kinds.indexOf('outcome'));
    },
  );

  test('that is for everybody gets an agent by key', async () => {
    const { outcome, truth } = await call(
      'isdn',
      { ...person, dtmf: '0' },
      { ...keys, announcementFor: 'all' },
    );
    expect(played(truth)).toEqual(['sorry']);
    expect(truth.heard[0]?.ms).toBeLessThan(2_000);
    expect(outcome).toMatchObject({ status: 'transferred', agentId: 'agent-0' });
  });

  test('that is for everybody hears it whole, and is not abandoned', async () => {
    const { outcome, truth } = await call('isdn', person, { ...keys, announcementFor: 'all' });
    expect(played(truth)).toEqual(['sorry']);
    expect(outcome).toMatchObject({ result: callResult.Answer, status: 'dropped', reason: 'announced' });
    expect(scenario.bench.ocs.agentRequests).toEqual([]);
  });

  test('opts out while OCS is away: it is told when it is back', async () => {
    scenario = await Scenario.open({
      trunk: 'isdn',
      channels: 1,
      subscribers: [{ number, ringMs: 2_500, patienceMs: 30_000, ...person, dtmf: '9' }],
      config: { announcements: files },
    });
    scenario.offer([number], keys);
    scenario.bench.dialer.start();
    await scenario.pass(60_000, () => scenario.bench.dialer.calls()[0]?.phase === 'announcing');
    scenario.bench.ocs.down = true;
    await scenario.pass(30_000, () => scenario.bench.dialer.calls().length === 0);
    expect(scenario.bench.dialer.calls()).toEqual([]);
    expect(scenario.bench.ocs.story(number).map(({ kind }) => kind)).not.toContain('do_not_call');
    scenario.bench.ocs.down = false;
    await scenario.bench.until(() => scenario.bench.ocs.ends(number).length === 1, 'outcome');
    expect(scenario.bench.ocs.story(number).map(({ kind }) => kind)).toContain('do_not_call');
    expect(scenario.outcome(number).reason).toBe('do_not_call');
  });
});
