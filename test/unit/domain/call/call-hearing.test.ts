import { describe, expect, test } from 'vitest';
import type { Heard } from '../../../../src/domain/call/call-state.ts';
import { callResult } from '../../../../src/domain/result.ts';
import { CallScript, dialRequest, verdict } from '../../../support/dialer/call-script.ts';

const agent = { type: 'agent', agentId: 'ann', extension: '7001' } as const;
const released = { type: 'released' } as const;
const heard = (what: Heard) => ({ type: 'heard', heard: what }) as const;

describe('what is heard besides the verdict', () => {
  test('of a greeting counts from answer on, and only the first time', () => {
    const early = new CallScript().dialled().send({ type: 'ringing' });
    early.send(heard({ kind: 'speech_start', atMs: 500 }), heard({ kind: 'greeting_end', atMs: 900 }));
    expect(early.state.milestones).not.toHaveProperty('greetingStart');
    expect(early.state.milestones).not.toHaveProperty('greetingEnd');
    const call = new CallScript().answered();
    for (const atMs of [4_300, 4_400]) call.send(heard({ kind: 'speech_start', atMs }));
    for (const atMs of [5_000, 6_000]) call.send(heard({ kind: 'greeting_end', atMs }));
    // Dialling began 100 ms after the request was taken.
    expect(call.state.milestones).toMatchObject({ greetingStart: 4_400, greetingEnd: 5_100 });
  });

  test('after the verdict is in the evidence, where the verdict did not say it before', () => {
    const call = new CallScript().answered().send(verdict('machine', { beepMs: 7_000 }));
    call.send(
      heard({ kind: 'beep', atMs: 9_000, endMs: 9_400 }),
      heard({ kind: 'greeting_end', atMs: 6_500 }),
      released,
    );
    expect(call.outcome.evidence).toMatchObject({ beepMs: 7_000, greetingEndMs: 6_500 });
    const other = new CallScript().answered().send(verdict('machine', { greetingEndMs: 6_000 }));
    other.send(
      heard({ kind: 'beep', atMs: 9_000, endMs: 9_400 }),
      heard({ kind: 'greeting_end', atMs: 6_500 }),
      released,
    );
    expect(other.outcome.evidence).toMatchObject({ beepMs: 9_000, greetingEndMs: 6_000 });
    expect(
      new CallScript().answered().send(heard({ kind: 'beep', atMs: 1, endMs: 401 })).state.evidence,
    ).toBeNull();
  });

  test('shortly after the ringing is its tail; from 300 ms on somebody has answered', () => {
    const sound = (afterMs: number, answerSignalled = false) => {
      const call = new CallScript().send(
        { type: 'start', channel: 3, answerSignalled },
        { type: 'seized' },
        { type: 'number_sent' },
      );
      call.send({ type: 'ringing' }, heard({ kind: 'ringback_over', atMs: 5_000 }));
      return call.send(heard({ kind: 'sound', atMs: 5_000 + afterMs })).state.phase;
    };
    expect([sound(-1), sound(299), sound(300), sound(300, true)]).toEqual([
      'alerting',
      'alerting',
      'answered',
      'alerting',
    ]);
  });

  test('before any ringing has no answer in it', () => {
    const call = new CallScript().send(
      { type: 'start', channel: 3, answerSignalled: false },
      { type: 'seized' },
      { type: 'number_sent' },
    );
    call.send(heard({ kind: 'sound', atMs: 500 }), heard({ kind: 'sound', atMs: 900 }));
    expect(call.state.phase).toBe('dialling');
    // Nor has the end of ringing alone.
    call.send(
      { type: 'ringing' },
      heard({ kind: 'ringback' }),
      heard({ kind: 'ringback_over', atMs: 5_000 }),
    );
    expect(call.state.phase).toBe('alerting');
  });
});

describe('the evidence of a call without a verdict', () => {
  test('has what was known in the detector’s time, which counts from dialling', () => {
    const call = new CallScript()
      .answered()
      .send(heard({ kind: 'speech_start', atMs: 4_300 }))
      .wait(600);
    call.send({ type: 'disconnected', cause: 16 }, released);
    expect(call.outcome).toMatchObject({
      channel: 3,
      evidence: {
        rule: 'released-before-verdict',
        confidence: 0,
        verdict: null,
        decidedMs: 4_600,
        answerMs: 4_000,
        speechStartMs: 4_300,
        greetingEndMs: null,
        cause: 16,
      },
      milestones: { queued: 0, seized: 100, dialling: 100, ringing: 1_100, answered: 4_100, released: 4_700 },
    });
  });

  test('of one that was never dialled has no times', () => {
    const call = new CallScript().send({ type: 'start', channel: 3, answerSignalled: true });
    call.send({ type: 'failed', command: 'seize', reason: 'no_dial_tone' }, released);
    expect(call.outcome.evidence).toMatchObject({ rule: 'no-dial-tone', decidedMs: null, answerMs: null });
    expect(call.outcome.milestones).not.toHaveProperty('released');
  });
});

describe('a known recording that is heard after the verdict', () => {
  test('is named, and leaves who is taken for a person waiting', () => {
    const call = new CallScript()
      .live()
      .send({ ...heard({ kind: 'speech_end', atMs: 6_000 }), recording: 'mailbox' });
    expect(call.state.phase).toBe('awaiting_agent');
    expect(call.state.evidence).toMatchObject({ verdict: 'live', recording: 'mailbox' });
    expect(call.state.evidence).not.toHaveProperty('correction');
  });

  test('before it, names nothing yet: the verdict will', () => {
    const call = new CallScript().answered();
    call.send({ ...heard({ kind: 'speech_end', atMs: 4_900 }), recording: 'mailbox' });
    expect(call.state.evidence).toBeNull();
  });
});

describe('the wait of a person who is still speaking', () => {
  const speaking = () => new CallScript().answered().send(verdict('live', { speechStartMs: 4_200 }));

  test('has not begun, but is put off by 5 s at most', () => {
    const call = speaking().wait(6_999);
    expect(call.state.phase).toBe('awaiting_agent');
    expect(call.wait(1).state.phase).toBe('dropping');
  });

  test('ends no later for an end of the greeting that comes late, nor is limited anew after the time is up', () => {
    const call = speaking().wait(6_500);
    call.send(heard({ kind: 'greeting_end', atMs: call.now - (call.state.dialledAt ?? 0) })).wait(499);
    expect(call.state.phase).toBe('awaiting_agent');
    expect(call.wait(1).state.phase).toBe('dropping');
  });

  test('whose greeting had ended before the verdict has the time from the verdict on', () => {
    const call = new CallScript().answered().wait(2_000);
    call.send(verdict('live', { speechStartMs: 4_200, greetingEndMs: 4_700 })).wait(1_999);
    expect(call.state.phase).toBe('awaiting_agent');
    expect(call.wait(1).state.phase).toBe('dropping');
  });

  test('goes on while a transfer is tried: what is left of it is there for the next agent', () => {
    const call = new CallScript().live().wait(500).send(agent).wait(1_000);
    call.send({ type: 'failed', command: 'transfer', reason: 'transfer_busy' }).wait(499);
    expect(call.state.phase).toBe('awaiting_agent');
    expect(call.wait(1).state.phase).toBe('dropping');
  });
});

describe('a correction', () => {
  const correction = (what: 'live' | 'machine' | 'unknown', confidence: number) =>
    heard({ kind: 'correction', verdict: what, confidence, atMs: 9_000 });

  test('sends a waiting person away from 0.9 on', () => {
    expect(new CallScript().live().send(correction('machine', 0.899)).state.phase).toBe('awaiting_agent');
    expect(new CallScript().live().send(correction('machine', 0.9)).state.phase).toBe('dropping');
  });

  test('gives the agent who is on the way back, and follows the policy for what was found', () => {
    const onMachine = { action: 'transfer', extension: '7900' } as const;
    const call = new CallScript(dialRequest({ onMachine })).live().send(correction('machine', 0.95));
    expect(call.kinds()).toContain('release_agent');
    expect(call.effects).toContainEqual({ kind: 'transfer', extension: '7900' });
  });

  test('of a person by a doubt is no news, but is in the evidence as taken', () => {
    const call = new CallScript()
      .live()
      .send(correction('unknown', 0.2), agent, { type: 'transferred' }, released);
    expect(call.kinds().filter((kind) => kind === 'request_agent')).toHaveLength(1);
    expect(call.outcome).toMatchObject({ result: callResult.Answer, status: 'transferred' });
    expect(call.outcome.evidence).toMatchObject({
      rule: 'correction',
      correction: { verdict: 'unknown', taken: true },
    });
  });

  test('before any verdict corrects nothing', () => {
    const call = new CallScript().answered().send(correction('machine', 1));
    expect(call.state).toMatchObject({ phase: 'answered', evidence: null, result: null });
    const unknown = new CallScript().dialled().send(verdict('unknown'), correction('machine', 1));
    expect(unknown.state.evidence).not.toHaveProperty('correction');
  });

  test('in a test call is told and ends nothing', () => {
    const test = { ...dialRequest(), handoff: { kind: 'test', holdMs: 3_000 } } as const;
    const call = new CallScript(test).live().send(correction('machine', 0.95));
    expect(call.state).toMatchObject({ phase: 'awaiting_agent', result: callResult.AnsweringMachine });
    expect(call.kinds()).not.toContain('release_agent');
  });

  test('is what a verdict is that comes after the watchdog: a machine that is sure ends the wait for an agent', () => {
    const late = () => new CallScript().answered().wait(4_750);
    expect(
      late().send(verdict('machine', { confidence: 0.95, decidedMs: 8_800 }), released).outcome,
    ).toMatchObject({
      result: callResult.AnsweringMachine,
      evidence: {
        correction: { atMs: 8_800, taken: true, insteadOf: { rule: 'watchdog', verdict: 'unknown' } },
      },
    });
    expect(late().send(verdict('machine', { confidence: 0.95 })).state.evidence?.correction?.atMs).toBe(
      8_750,
    );
    // A second verdict of the detector is none.
    const twice = new CallScript().live().send(verdict('machine', { confidence: 1 }));
    expect(twice.state).toMatchObject({ phase: 'awaiting_agent', evidence: { verdict: 'live' } });
  });
});

describe('a verdict', () => {
  test.each(['machine', 'screening', 'fax', 'modem'] as const)('%s means that it was answered', (what) => {
    const call = new CallScript().dialled().wait(3_000).send(verdict(what), released);
    expect(call.outcome.milestones).toMatchObject({ answered: 3_100, cpdCompleted: 3_100 });
  });

  test.each(['busy', 'congestion', 'sit', 'dialtone', 'silence', 'ringback'] as const)(
    '%s does not',
    (what) => {
      const call = new CallScript().dialled().wait(3_000).send(verdict(what), released);
      expect(call.outcome.milestones).not.toHaveProperty('answered');
    },
  );

  test('of silence: nothing at all is No RingBack, ringing that stopped No Answer where answer is signalled', () => {
    const silent = (answerSignalled: boolean, ringing: boolean) => {
      const call = new CallScript().send(
        { type: 'start', channel: 3, answerSignalled },
        { type: 'seized' },
        { type: 'number_sent' },
      );
      if (ringing) call.send({ type: 'ringing' });
      return call.send(verdict('silence'), released).outcome.result;
    };
    expect(silent(true, false)).toBe(callResult.NoRingBack);
    expect(silent(true, true)).toBe(callResult.NoAnswer);
    expect(silent(false, true)).toBe(callResult.Silence);
  });

  test('of a tone for an unobtainable number is NU Tone, as far as the tone may be the same one', () => {
    const result = (...what: Parameters<typeof verdict>) =>
      new CallScript().dialled().send(heard({ kind: 'number_unobtainable' }), verdict(...what), released)
        .outcome.result;
    expect([result('congestion'), result('busy'), result('sit')]).toEqual(Array(3).fill(callResult.NuTone));
    expect(result('sit', {}, 'VC')).toBe(callResult.SitVacantCode);
    expect(result('fax')).toBe(callResult.Fax);
    const byRule = new CallScript()
      .dialled()
      .send(verdict('busy', { rule: 'number-unobtainable' }), released);
    expect(byRule.outcome.result).toBe(callResult.NuTone);
  });

  test('keeps the cause that the network gave, before its own', () => {
    const call = new CallScript().dialled().send({ type: 'disconnected', cause: 17 }, released);
    expect(call.outcome.evidence?.cause).toBe(17);
    const own = new CallScript().dialled().send(verdict('busy', { cause: 34 }), released);
    expect(own.outcome.evidence?.cause).toBe(34);
  });
});
