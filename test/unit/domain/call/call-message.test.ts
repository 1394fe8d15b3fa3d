import { describe, expect, test } from 'vitest';
import type { Heard } from '../../../../src/domain/call/call-state.ts';
import type { MachinePolicy } from '../../../../src/domain/request.ts';
import { callResult } from '../../../../src/domain/result.ts';
import { CallScript, dialRequest, verdict } from '../../../support/dialer/call-script.ts';

const onMachine: MachinePolicy = { action: 'message', file: 'call-back', maxWaitMs: 20_000 };
const agent = { type: 'agent', agentId: 'ann', extension: '7001' } as const;
const released = { type: 'released' } as const;
const playedWhole = { type: 'played', completed: true } as const;
const stopped = { type: 'played', completed: false } as const;
const message = { kind: 'play', announcement: 'call-back' };

/** A machine whose greeting goes on when it is told. */
function machine(over: Parameters<typeof dialRequest>[0] = {}): CallScript {
  const call = new CallScript(dialRequest({ onMachine, ...over })).answered().wait(500);
  hear(call, 'speech_start').wait(2_000).send(verdict('machine'));
  return call;
}

type Said = 'speech_start' | 'speech_end' | 'greeting_end' | 'beep' | 'takeover';

/** What the detector says now of now. */
function hear(call: CallScript, kind: Said): CallScript {
  const atMs = call.now - (call.state.dialledAt ?? 0);
  const heard: Record<Said, Heard> = {
    speech_start: { kind: 'speech_start', atMs },
    speech_end: { kind: 'speech_end', atMs },
    beep: { kind: 'beep', atMs: atMs - 400, endMs: atMs },
    greeting_end: { kind: 'greeting_end', atMs },
    takeover: { kind: 'correction', verdict: 'live', confidence: 0.7, atMs },
  };
  return call.send({ type: 'heard', heard: heard[kind] });
}

const plays = (call: CallScript) => call.kinds().filter((kind) => kind === 'play').length;

describe('a message for a machine', () => {
  test('is played after the beep, whole, and the call is dropped', () => {
    const call = machine();
    expect(call.state.phase).toBe('awaiting_beep');
    hear(call, 'speech_end').wait(900);
    expect(plays(call)).toBe(0);
    hear(call, 'beep');
    expect(call.effects).toContainEqual(message);
    expect(call.state.phase).toBe('leaving_message');
    expect(call.kinds()).not.toContain('drop');
    call.wait(12_000).send(playedWhole, released);
    expect(plays(call)).toBe(1);
    expect(call.outcome).toMatchObject({
      result: callResult.AnsweringMachine,
      status: 'dropped',
      reason: 'message_left',
    });
    expect(call.timersRunning).toEqual([]);
  });

  test('is played at once when the beep itself was the verdict', () => {
    const call = new CallScript(dialRequest({ onMachine })).answered().wait(500);
    hear(call, 'speech_start').wait(1_500);
    hear(call, 'speech_end').wait(1_000);
    hear(call, 'beep').send(verdict('machine'));
    expect(call.state.phase).toBe('leaving_message');
  });

  test('waits for 2 s of silence where no beep comes, counted from the end of the speech', () => {
    const call = machine();
    hear(call, 'speech_end').wait(1_999);
    expect(plays(call)).toBe(0);
    call.wait(1);
    expect(plays(call)).toBe(1);
  });

  test('a pause in the greeting is no end of it', () => {
    const call = machine();
    hear(call, 'speech_end').wait(1_500);
    hear(call, 'speech_start').wait(1_500);
    expect(plays(call)).toBe(0);
    hear(call, 'speech_end').wait(2_000);
    expect(plays(call)).toBe(1);
  });

  test('a beep in the middle of the greeting is not that of the machine', () => {
    const call = machine();
    hear(call, 'beep').wait(1_000);
    expect(plays(call)).toBe(0);
    hear(call, 'speech_end').wait(600);
    expect(plays(call)).toBe(0);
    hear(call, 'beep');
    expect(plays(call)).toBe(1);
  });

  test('a beep on the last word counts as soon as the speech is known to be over', () => {
    const call = machine();
    hear(call, 'beep');
    const endedAt = call.now - (call.state.dialledAt ?? 0);
    call.wait(300).send({ type: 'heard', heard: { kind: 'speech_end', atMs: endedAt } });
    expect(plays(call)).toBe(1);
  });

  test('is begun again when the greeting goes on, and the part that was cut does not end the call', () => {
    const call = machine();
    hear(call, 'speech_end').wait(2_000);
    expect(call.state.phase).toBe('leaving_message');
    call.wait(300);
    hear(call, 'speech_start');
    expect(call.state.phase).toBe('awaiting_beep');
    expect(call.kinds()).toContain('stop_play');
    call.wait(40).send(stopped).wait(1_500);
    hear(call, 'speech_end').wait(600);
    hear(call, 'beep');
    expect(plays(call)).toBe(2);
    call.wait(12_000).send(playedWhole, released);
    expect(call.outcome.reason).toBe('message_left');
  });

  test('is begun again at a beep that comes after the silence', () => {
    const call = machine();
    hear(call, 'speech_end').wait(2_500);
    hear(call, 'beep');
    expect(call.kinds()).toContain('stop_play');
    expect(plays(call)).toBe(1);
    call.send(stopped);
    expect(plays(call)).toBe(2);
    call.send(playedWhole, released);
    expect(call.outcome.reason).toBe('message_left');
  });

  test('is begun again at a beep that comes while it plays, also beyond maxWaitMs: what follows the beep is kept', () => {
    const call = machine();
    hear(call, 'speech_end').wait(2_000);
    expect(plays(call)).toBe(1);
    call.wait(18_500);
    expect(call.now - (call.state.verdictAt ?? 0)).toBeGreaterThan(20_000);
    // No speech before it: the beep is heard into the message.
    hear(call, 'beep');
    expect(plays(call)).toBe(1);
    call.send(stopped);
    expect(plays(call)).toBe(2);
    // Beyond maxWaitMs nothing but a beep begins it anew.
    hear(call, 'speech_start').wait(3_000);
    hear(call, 'speech_end').wait(3_000);
    expect(plays(call)).toBe(2);
    call.send(playedWhole, released);
    expect(call.outcome.reason).toBe('message_cut');
  });

  test('on a line with an echo it is played to its end the third time, and said to be cut', () => {
    const call = machine({ onMachine: { ...onMachine, maxWaitMs: 60_000 } });
    hear(call, 'speech_end').wait(2_000);
    for (let i = 0; i < 2; i++) {
      hear(call, 'speech_start').send(stopped).wait(300);
      hear(call, 'speech_end').wait(2_000);
    }
    expect(plays(call)).toBe(3);
    hear(call, 'speech_start').wait(5_000);
    expect(call.state.phase).toBe('leaving_message');
    call.send(playedWhole, released);
    expect(plays(call)).toBe(3);
    expect(call.outcome.reason).toBe('message_cut');
  });

  test('is not left where neither beep nor silence comes within maxWaitMs', () => {
    const call = machine().wait(19_999);
    expect(call.kinds()).not.toContain('drop');
    call.wait(1).send(released);
    expect(plays(call)).toBe(0);
    expect(call.outcome).toMatchObject({ status: 'dropped', reason: 'no_beep' });
  });

  test('who has just begun to speak is heard out beyond maxWaitMs, but not for ever', () => {
    const call = machine();
    hear(call, 'speech_end').wait(1_000);
    hear(call, 'speech_start').wait(17_000);
    hear(call, 'speech_end').wait(500);
    hear(call, 'speech_start').wait(3_000);
    expect(call.now - (call.state.verdictAt ?? 0)).toBeGreaterThan(20_000);
    expect(call.kinds()).not.toContain('drop');
    hear(call, 'takeover');
    expect(call.kinds()).toContain('request_agent');

    const talker = machine().wait(19_000);
    for (let i = 0; i < 8; i++) {
      hear(talker, 'speech_end').wait(500);
      hear(talker, 'speech_start').wait(1_500);
    }
    expect(talker.kinds()).toContain('drop');
  });

  test('a beep beyond maxWaitMs, while somebody is heard out, begins no message', () => {
    for (const order of [
      ['speech_end', 'beep'],
      ['beep', 'speech_end'],
    ] as const) {
      const call = machine();
      hear(call, 'speech_end').wait(1_000);
      hear(call, 'speech_start').wait(17_000);
      hear(call, 'speech_end').wait(500);
      hear(call, 'speech_start').wait(3_000);
      expect(call.kinds()).not.toContain('drop');
      for (const kind of order) hear(call, kind);
      call.send(released);
      expect(plays(call)).toBe(0);
      expect(call.outcome).toMatchObject({ status: 'dropped', reason: 'no_beep' });
    }
  });

  test('the far end that hangs up has the message cut, or none', () => {
    const hungUp = { type: 'disconnected', cause: 16 } as const;
    const early = machine().send(hungUp, released);
    expect(early.outcome).toMatchObject({ status: 'released', reason: 'no_beep' });
    const late = machine();
    hear(late, 'speech_end').wait(2_000).send(hungUp, stopped, released);
    expect(late.outcome).toMatchObject({
      result: callResult.AnsweringMachine,
      status: 'released',
      reason: 'message_cut',
    });
  });

  test.each([
    { type: 'failed', command: 'play', reason: 'BAD_ARGUMENT' } as const,
    stopped,
    { type: 'timer', name: 'leaving_message' } as const,
  ])('that the board does not play whole is cut: $type', (event) => {
    const call = machine();
    hear(call, 'speech_end').wait(2_000).send(event, released);
    expect(call.outcome).toMatchObject({ status: 'dropped', reason: 'message_cut' });
  });

  test('needs ears: where nobody was heard speaking it is not left', () => {
    const call = new CallScript(dialRequest({ onMachine })).answered().wait(500);
    call
      .send(verdict('machine', { speechStartMs: 100, greetingEndMs: 900 }))
      .wait(20_000)
      .send(released);
    expect(plays(call)).toBe(0);
    expect(call.outcome.reason).toBe('no_beep');
  });

  test('sounds of the network before the answer are no greeting and no beep', () => {
    const call = new CallScript(dialRequest({ onMachine })).dialled().wait(500);
    hear(call, 'speech_start').wait(500);
    hear(call, 'speech_end').wait(500);
    hear(call, 'beep').wait(500).send({ type: 'answered' }).wait(900).send(verdict('machine'));
    expect(call.state.phase).toBe('awaiting_beep');
    expect(call.wait(3_000).state.phase).toBe('awaiting_beep');
  });
});

describe('a person who takes the call over from the machine', () => {
  test.each([0, 900, 2_000, 9_000])('goes to an agent, %i ms after the greeting', (ms) => {
    const call = machine();
    hear(call, 'speech_end').wait(ms);
    hear(call, 'speech_start').wait(600);
    hear(call, 'speech_end').wait(700);
    hear(call, 'takeover');
    expect(call.kinds()).toContain('request_agent');
    expect(call.state.phase).toBe('awaiting_agent');
    call.wait(1_500).send(agent, { type: 'transferred' }, released);
    expect(call.outcome).toMatchObject({ result: callResult.Answer, status: 'transferred', agentId: 'ann' });
    expect(call.outcome.evidence).toMatchObject({ rule: 'correction', correction: { taken: true } });
  });

  test('hears the announcement when no agent is free, once the message is silent', () => {
    const call = machine({ announcement: 'sorry', agentTimeoutMs: 0 });
    hear(call, 'speech_end').wait(2_000);
    hear(call, 'greeting_end');
    hear(call, 'takeover');
    expect(call.kinds()).toContain('stop_play');
    call.wait(0);
    expect(call.state.phase).toBe('announcing');
    expect(call.effects).not.toContainEqual({ kind: 'play', announcement: 'sorry' });
    call.send(stopped);
    expect(call.effects).toContainEqual({ kind: 'play', announcement: 'sorry' });
    expect(call.state.phase).toBe('announcing');
    call.send(playedWhole, released);
    expect(call.outcome).toMatchObject({ status: 'abandoned', reason: 'no_agent' });
  });

  test('has their whole time to wait for an agent, from then on', () => {
    const call = machine();
    hear(call, 'speech_end').wait(8_000);
    hear(call, 'greeting_end');
    hear(call, 'takeover').wait(1_999);
    expect(call.state.phase).toBe('awaiting_agent');
    call.wait(1).send(released);
    expect(call.outcome).toMatchObject({ status: 'abandoned', reason: 'no_agent' });
  });

  test('and a person who turns out to be a machine gets the message', () => {
    const call = new CallScript(dialRequest({ onMachine })).answered().wait(500);
    hear(call, 'speech_start').wait(900);
    hear(call, 'speech_end').wait(700).send(verdict('live')).wait(300);
    hear(call, 'beep').send({
      type: 'heard',
      heard: { kind: 'correction', verdict: 'machine', confidence: 0.9, atMs: 4_000 },
    });
    expect(call.kinds()).toContain('release_agent');
    expect(call.effects).toContainEqual(message);
  });
});

describe('commands from outside while a message is left', () => {
  const leaving = () => {
    const call = machine();
    return hear(call, 'speech_end').wait(2_100);
  };

  test('draining and an OCS that is away let it go on', () => {
    const call = leaving().send({ type: 'shutdown', how: 'drain' }, { type: 'no_agents' });
    expect(call.state.phase).toBe('leaving_message');
    expect(machine().send({ type: 'shutdown', how: 'drain' }).state.phase).toBe('awaiting_beep');
  });

  test('a hang-up and a cancel end it', () => {
    const hangup = leaving().send({ type: 'shutdown', how: 'hangup' }, released);
    expect(hangup.outcome).toMatchObject({
      result: callResult.AnsweringMachine,
      status: 'dropped',
      reason: 'shutdown',
    });
    expect(machine().send({ type: 'cancel' }, released).outcome.status).toBe('cancelled');
    expect(leaving().send({ type: 'cancel' }, released).outcome.status).toBe('cancelled');
  });
});
