import { describe, expect, test } from 'vitest';
import { checkMove, type CallSignal } from '../../../../src/domain/call/call-state.ts';
import { callResult, type CallResultName } from '../../../../src/domain/result.ts';
import { CallScript, dialRequest, verdict } from '../../../support/dialer/call-script.ts';

const agent = { type: 'agent', agentId: 'ann', extension: '7001' } as const;
const released = { type: 'released' } as const;

test('the whole way: seized, dialled, answered, live, transferred to the agent whom OCS named', () => {
  const call = new CallScript().live().send(agent).wait(600).send({ type: 'transferred' }, released);
  expect(
    call.kinds().filter((kind) => !['moved', 'report'].includes(kind) && !kind.includes('timer')),
  ).toEqual(['seize', 'dial', 'request_agent', 'transfer', 'release_agent', 'free_channel']);
  expect(call.outcome).toMatchObject({
    result: callResult.Answer,
    status: 'transferred',
    reason: null,
    agentId: 'ann',
    channel: 3,
  });
  expect(call.outcome.milestones).toEqual({
    queued: 0,
    seized: 100,
    dialling: 100,
    ringing: 1_100,
    answered: 4_100,
    cpdCompleted: 5_100,
    agentRequested: 5_100,
    agentConnected: 5_700,
    released: 5_700,
  });
});

test('an illegal move is an error that names both phases', () => {
  expect(() => {
    checkMove('queued', 'connected');
  }).toThrow('a call cannot go from queued to connected');
});

describe('what was heard', () => {
  const cases: [Parameters<typeof verdict>, CallResultName][] = [
    [['machine'], 'AnsweringMachine'],
    [['screening'], 'AnsweringMachine'],
    [['fax'], 'Fax'],
    [['modem'], 'Fax'],
    [['busy'], 'Busy'],
    [['congestion'], 'AllTrunksBusy'],
    [['sit', {}, 'IC'], 'SitOperatorIntercept'],
    [['sit', {}, 'VC'], 'SitVacantCode'],
    [['sit', {}, 'RO"'], 'SitReorder'],
    [['sit', {}, "NC'"], 'SitNoCircuit'],
    [['sit', {}, 'ITU'], 'SitUnknown'],
    [['ringback'], 'NoAnswer'],
    [['dialtone'], 'NoProgress'],
    [['silence'], 'NoRingBack'],
  ];
  test.each(cases)('%j before answer is %s, and the line is dropped', (heard, name) => {
    const call = new CallScript()
      .dialled()
      .wait(500)
      .send(verdict(...heard))
      .send(released);
    expect(call.outcome).toMatchObject({ result: callResult[name], status: 'dropped', reason: null });
    expect(call.kinds()).not.toContain('request_agent');
  });

  test('silence after answer is Silence, and the policy for silence holds', () => {
    const request = dialRequest({ onSilence: { action: 'transfer', extension: '7500' } });
    const call = new CallScript(request).answered().send(verdict('silence'));
    expect(call.effects).toContainEqual({ kind: 'transfer', extension: '7500' });
    call.send({ type: 'transferred' }, released);
    expect(call.outcome).toMatchObject({ result: callResult.Silence, status: 'transferred' });
  });

  test('the tone of an unobtainable number makes NU Tone of what sounds like congestion', () => {
    const call = new CallScript().dialled().send({ type: 'heard', heard: { kind: 'number_unobtainable' } });
    call.send(verdict('congestion')).send(released);
    expect(call.outcome.result).toBe(callResult.NuTone);
  });

  test('an unknown before answer decides nothing; the cause that follows does', () => {
    const call = new CallScript().dialled().send(verdict('unknown'));
    expect(call.state.phase).toBe('dialling');
    call.send({ type: 'disconnected', cause: 17 }, released);
    expect(call.outcome).toMatchObject({ result: callResult.Busy, status: 'released' });
    expect(call.outcome.evidence).toMatchObject({ rule: 'cause-17', cause: 17 });
  });

  test('ringing to the time limit is No Answer; without any ringing, No RingBack', () => {
    const rang = new CallScript().dialled().send({ type: 'ringing' }, { type: 'no_answer' }, released);
    expect(rang.outcome.result).toBe(callResult.NoAnswer);
    const dead = new CallScript().dialled().send({ type: 'no_answer' }, released);
    expect(dead.outcome.result).toBe(callResult.NoRingBack);
  });

  test('no dial tone is an error of dialling, and the channel is suspect', () => {
    const call = new CallScript().send({ type: 'start', channel: 3, answerSignalled: true });
    call.send({ type: 'failed', command: 'seize', reason: 'no_dial_tone' }, released);
    expect(call.outcome).toMatchObject({ result: callResult.NoDialTone, status: 'dial_error' });
    expect(call.effects.at(-1)).toEqual({
      kind: 'free_channel',
      condition: 'suspect',
      reason: 'no_dial_tone',
    });
  });
});

describe('a doubt is a person', () => {
  test('unknown after answer', () => {
    expect(new CallScript().answered().send(verdict('unknown')).kinds()).toContain('request_agent');
  });

  test.each(['ringback', 'false_answer'] as const)('ringing that goes on after answer: %s', (heard) => {
    expect(new CallScript().answered().send(verdict(heard)).kinds()).toContain('request_agent');
  });

  test('a verdict that never comes', () => {
    const call = new CallScript().answered().wait(4_749);
    expect(call.kinds()).not.toContain('request_agent');
    call.wait(1);
    expect(call.kinds()).toContain('request_agent');
    expect(call.state.evidence).toMatchObject({ rule: 'watchdog', verdict: 'unknown' });
  });

  test('a sound after the ringing stopped, where answer is not signalled', () => {
    const ring = (answerSignalled: boolean) => {
      const call = new CallScript().send(
        { type: 'start', channel: 3, answerSignalled },
        { type: 'seized' },
        { type: 'number_sent' },
      );
      call.send({ type: 'ringing' }, { type: 'heard', heard: { kind: 'ringback' } });
      call.send({ type: 'heard', heard: { kind: 'sound', atMs: 3_000 } });
      return call.wait(9_000).send({ type: 'heard', heard: { kind: 'ringback_over', atMs: 5_000 } });
    };
    // What was heard until now was the ringing itself.
    expect(ring(false).state.phase).toBe('alerting');
    const person = ring(false).send({ type: 'heard', heard: { kind: 'sound', atMs: 7_000 } });
    expect(person.state.phase).toBe('answered');
    expect(person.wait(4_750).kinds()).toContain('request_agent');
    const rung = ring(false).send({ type: 'heard', heard: { kind: 'ringback' } });
    expect(rung.send({ type: 'heard', heard: { kind: 'sound', atMs: 7_000 } }).state.phase).toBe('alerting');
    const signalled = ring(true).send({ type: 'heard', heard: { kind: 'sound', atMs: 7_000 } });
    expect(signalled.state.phase).toBe('alerting');
  });

  test('live although the answer event was lost', () => {
    const call = new CallScript()
      .dialled()
      .wait(5_000)
      .send(verdict('live', { answerMs: 4_000 }));
    expect(call.kinds()).toContain('request_agent');
    expect(call.state.milestones.answered).toBe(4_100);
  });

  test('a hang-up before the verdict is an Answer that was released, not an abandoned call', () => {
    const call = new CallScript().answered().send({ type: 'disconnected', cause: 16 }, released);
    expect(call.outcome).toMatchObject({
      result: callResult.Answer,
      status: 'released',
      reason: 'customer_hung_up',
    });
  });
});

describe('the wait for an agent', () => {
  test('no agent in time: the announcement, then the end, abandoned', () => {
    const call = new CallScript(dialRequest({ announcement: 'sorry' })).live().wait(2_000);
    expect(call.effects).toContainEqual({ kind: 'play', announcement: 'sorry' });
    expect(call.kinds()).not.toContain('drop');
    call.send({ type: 'played', completed: true }, released);
    expect(call.outcome).toMatchObject({
      result: callResult.Answer,
      status: 'abandoned',
      reason: 'no_agent',
    });
  });

  test('without an announcement the call is just dropped, abandoned', () => {
    const call = new CallScript().live().wait(1_999);
    expect(call.kinds()).not.toContain('drop');
    call.wait(1).send(released);
    expect(call.outcome.status).toBe('abandoned');
  });

  test('the time counts from the end of the greeting when that comes after the verdict', () => {
    const call = new CallScript().answered().wait(800);
    call.send({ type: 'heard', heard: { kind: 'speech_start', atMs: 4_300 } });
    call.send(verdict('live', { speechStartMs: 4_300 })).wait(1_500);
    // Dialling began at board ms 1 100; now is 6 400 + ... the greeting ended 500 ms ago.
    const endedAgo = 500;
    const atMs = call.now - endedAgo - (call.state.dialledAt ?? 0);
    call.send({ type: 'heard', heard: { kind: 'greeting_end', atMs } });
    call.wait(1_499);
    expect(call.state.phase).toBe('awaiting_agent');
    call.wait(1);
    expect(call.state.phase).toBe('dropping');
  });

  test('a person who hangs up while waiting is abandoned, with that reason', () => {
    const call = new CallScript().live().wait(500).send({ type: 'disconnected', cause: 16 }, released);
    expect(call.outcome).toMatchObject({ status: 'abandoned', reason: 'customer_hung_up' });
  });

  test('an agent who cannot be reached is named to OCS, which finds another while time remains', () => {
    const call = new CallScript().live().send(agent).wait(300);
    call.send({ type: 'failed', command: 'transfer', reason: 'transfer_busy' });
    expect(call.effects).toContainEqual({ kind: 'request_agent', failed: ['ann'] });
    call.send({ type: 'agent', agentId: 'bob', extension: '7002' }, { type: 'transferred' }, released);
    expect(call.outcome).toMatchObject({ status: 'transferred', agentId: 'bob' });
  });

  test('a transfer that fails after the time limit leads to the announcement', () => {
    const call = new CallScript(dialRequest({ announcement: 'sorry' })).live().send(agent).wait(2_500);
    expect(call.state.phase).toBe('transferring');
    call.send({ type: 'failed', command: 'transfer', reason: 'transfer_no_answer' });
    call.send({ type: 'played', completed: true }, released);
    expect(call.outcome).toMatchObject({ status: 'abandoned', reason: 'transfer_no_answer', agentId: null });
  });

  test('a fixed destination is tried at once, three times at most', () => {
    const call = new CallScript(dialRequest({ handoff: { kind: 'destination', extension: '7000' } })).live();
    for (let i = 0; i < 3; i++)
      call.send({ type: 'failed', command: 'transfer', reason: 'transfer_refused' });
    expect(call.effects.filter(({ kind }) => kind === 'transfer')).toHaveLength(3);
    call.send(released);
    expect(call.outcome).toMatchObject({ status: 'abandoned', reason: 'transfer_refused' });
  });

  test('an engaged leg is joined in the turn in which it is given, and goes back when the customer leaves', () => {
    const call = new CallScript(dialRequest({ handoff: { kind: 'engaged', group: 'sales' } })).live();
    expect(call.effects).toContainEqual({ kind: 'request_leg', group: 'sales' });
    call.send({ type: 'leg', agentId: 'ann', channel: 9 });
    expect(call.effects.at(-1)).toEqual({ kind: 'join', channel: 9 });
    call.send({ type: 'joined' }).wait(3_600_000);
    expect(call.state.phase).toBe('connected');
    call.send({ type: 'disconnected', cause: 16 });
    expect(call.kinds().slice(-3)).toEqual(['release_agent', 'start_timer', 'drop']);
    call.send(released);
    expect(call.outcome).toMatchObject({ status: 'transferred', agentId: 'ann' });
  });
});

describe('corrections', () => {
  const onMachine = { action: 'transfer', extension: '7900' } as const;

  test('a person who takes over from a machine waits for an agent if the machine’s transfer fails', () => {
    const call = new CallScript(dialRequest({ onMachine })).answered().send(verdict('machine'));
    call.send({
      type: 'heard',
      heard: { kind: 'correction', verdict: 'live', confidence: 0.6, atMs: 9_000 },
    });
    call.send({ type: 'failed', command: 'transfer', reason: 'transfer_busy' });
    expect(call.kinds()).toContain('request_agent');
    call.send(agent, { type: 'transferred' }, released);
    expect(call.outcome).toMatchObject({ result: callResult.Answer, status: 'transferred' });
    expect(call.outcome.evidence).toMatchObject({
      rule: 'correction',
      verdict: 'live',
      correction: { taken: true, atMs: 9_000, insteadOf: { rule: 'scripted', verdict: 'machine' } },
    });
  });

  test('what comes too late changes nothing, and is in the evidence', () => {
    const call = new CallScript().live().send(agent);
    call.send({
      type: 'heard',
      heard: { kind: 'correction', verdict: 'machine', confidence: 0.9, atMs: 12_000 },
    });
    call.send({ type: 'transferred' }, released);
    expect(call.outcome).toMatchObject({ result: callResult.Answer, status: 'transferred' });
    expect(call.outcome.evidence).toMatchObject({
      rule: 'scripted',
      verdict: 'live',
      correction: { verdict: 'machine', confidence: 0.9, atMs: 12_000, taken: false },
    });
  });

  test('a waiting person is taken for a machine only when that is sure', () => {
    const call = new CallScript().live();
    call.send({
      type: 'heard',
      heard: { kind: 'correction', verdict: 'machine', confidence: 0.8, atMs: 9_000 },
    });
    expect(call.state.phase).toBe('awaiting_agent');
    call.send(
      { type: 'heard', heard: { kind: 'correction', verdict: 'machine', confidence: 0.95, atMs: 9_500 } },
      released,
    );
    expect(call.outcome).toMatchObject({ result: callResult.AnsweringMachine, status: 'dropped' });
    expect(call.outcome.evidence?.correction).toMatchObject({
      atMs: 9_500,
      taken: true,
      insteadOf: { rule: 'scripted', verdict: 'live' },
    });
  });
});

describe('while OCS is gone', () => {
  const gone = { type: 'no_agents' } as const;

  test('what rings is let go as not reached, what is not dialled is handed back', () => {
    for (const call of [new CallScript().dialled(), new CallScript().dialled().send({ type: 'ringing' })]) {
      call.send(gone, released);
      expect(call.outcome).toMatchObject({
        result: callResult.DroppedOnNoAnswer,
        status: 'dropped',
        reason: 'no_ocs',
      });
    }
    expect(new CallScript().send(gone).handBacks()).toEqual(['no_ocs']);
  });

  test('whoever answered, and whoever needs no agent of OCS, is not let go', () => {
    const answered = new CallScript().answered().send(gone);
    const fixed = dialRequest({ handoff: { kind: 'destination', extension: '7000' } });
    for (const call of [answered, new CallScript(fixed).dialled().send(gone)]) {
      expect(call.kinds()).not.toContain('drop');
    }
  });
});

describe('while OCS is gone, on a line that does not signal answer', () => {
  const gone = { type: 'no_agents' } as const;
  const sound = (atMs: number) => ({ type: 'heard', heard: { kind: 'sound', atMs } }) as const;
  const ringback = { type: 'heard', heard: { kind: 'ringback' } } as const;
  const over = { type: 'heard', heard: { kind: 'ringback_over', atMs: 3_000 } } as const;
  const dialled = (answerSignalled: boolean) =>
    new CallScript().send(
      { type: 'start', channel: 3, answerSignalled },
      { type: 'seized' },
      { type: 'number_sent' },
    );

  test('whoever may have lifted just now is not let go: ringing that stopped, or a sound without ringing', () => {
    for (const call of [
      dialled(false).send({ type: 'ringing' }, ringback, over, gone),
      dialled(false).send(sound(400), gone),
    ]) {
      expect(call.kinds()).not.toContain('drop');
      call.send(verdict('live'));
      expect(call.kinds()).toContain('request_agent');
    }
  });

  test('what still rings, rings again, or is silent is let go', () => {
    for (const call of [
      dialled(false).send({ type: 'ringing' }, ringback, sound(400)),
      dialled(false).send({ type: 'ringing' }, ringback, over, ringback),
      dialled(false),
    ]) {
      expect(call.send(gone).kinds()).toContain('drop');
    }
  });

  test('the signal decides where there is one', () => {
    for (const call of [
      dialled(true).send({ type: 'ringing' }, ringback, over),
      dialled(true).send(sound(400)),
    ]) {
      expect(call.send(gone).kinds()).toContain('drop');
    }
  });
});

describe('when the dialler is at fault', () => {
  test('a channel that answers nothing: reset, then lost; what was not dialled is handed back', () => {
    const call = new CallScript().send({ type: 'start', channel: 3, answerSignalled: true }).wait(10_000);
    expect(call.kinds()).toContain('reset');
    call.wait(10_000);
    expect(call.handBacks()).toEqual(['no_seize']);
    expect(call.effects.at(-1)).toEqual({ kind: 'free_channel', condition: 'lost', reason: 'no_reset' });
  });

  test('a release that never comes: reset brings the channel back; the outcome keeps what was heard', () => {
    const call = new CallScript().dialled().send(verdict('busy')).wait(8_000).send({ type: 'reset' });
    expect(call.outcome).toMatchObject({ result: callResult.Busy, status: 'dropped' });
    expect(call.effects.at(-1)).toMatchObject({ kind: 'free_channel', condition: 'suspect' });
  });

  test('no event at all after dialling: No Progress', () => {
    const call = new CallScript().dialled().wait(60_000);
    expect(call.outcome).toMatchObject({ result: callResult.NoProgress, reason: 'no_progress' });
  });

  test('without its mark in the journal a call is not dialled but handed back', () => {
    const call = new CallScript().dialled();
    call.send({ type: 'failed', command: 'dial', reason: 'JOURNAL_ERROR' }, released);
    expect(call.handBacks()).toEqual(['JOURNAL_ERROR']);
  });

  test.each(['BOARD_DEAD', 'CHANNEL_OUT_OF_SERVICE', 'CHANNEL_BUSY'])(
    'what the board refused at once with %s was not dialled: handed back',
    (reason) => {
      const call = new CallScript().dialled();
      call.send({ type: 'failed', command: 'dial', reason }, { type: 'dead', reason: 'gone' });
      expect(call.handBacks()).toEqual([reason]);
      expect(call.outcomes()).toEqual([]);
    },
  );

  test.each<[CallSignal, string]>([
    [{ type: 'dead', reason: 'gone' }, 'board_dead'],
    [{ type: 'out_of_service', reason: 'blocked' }, 'out_of_service'],
    [{ type: 'alarm', alarm: 'red' }, 'alarm_red'],
    [{ type: 'disconnected', cause: 41 }, 'line_lost'],
    [{ type: 'released' }, 'line_lost'],
    [{ type: 'shutdown', how: 'drain' }, 'drain'],
    [{ type: 'shutdown', how: 'hangup' }, 'shutdown'],
    [{ type: 'no_agents' }, 'no_ocs'],
  ])('while its mark is on the way to the disk nothing went out: %o hands it back', (event, reason) => {
    const call = new CallScript().seized().send(event, released);
    expect(call.handBacks()).toEqual([reason]);
    expect(call.outcomes()).toEqual([]);
  });

  test('a number that the board cannot take is no fault of the board', () => {
    const call = new CallScript().dialled();
    call.send({ type: 'failed', command: 'dial', reason: 'BAD_ARGUMENT' }, released);
    expect(call.outcome).toMatchObject({ result: callResult.DialError, reason: 'BAD_ARGUMENT' });
  });

  test('a dead board: before dialling handed back, ringing System Error, a waiting person abandoned', () => {
    const dead = { type: 'dead', reason: 'gone' } as const;
    expect(new CallScript().send(dead).handBacks()).toEqual(['board_dead']);
    expect(new CallScript().dialled().send(dead).outcome).toMatchObject({
      result: callResult.SystemError,
      status: 'dropped',
      reason: 'board_dead',
    });
    expect(new CallScript().live().send(dead).outcome).toMatchObject({
      result: callResult.Answer,
      status: 'abandoned',
      reason: 'board_dead',
    });
  });

  test('an alarm ends what is being set up; an answered call goes on', () => {
    const alarm = { type: 'alarm', alarm: 'red' } as const;
    expect(new CallScript().dialled().send(alarm, released).outcome).toMatchObject({
      result: callResult.SwitchError,
      reason: 'alarm_red',
    });
    expect(new CallScript().live().send(alarm).state.phase).toBe('awaiting_agent');
  });
});

describe('commands from outside', () => {
  test('cancel before answer drops, cancelled', () => {
    expect(new CallScript().dialled().send({ type: 'cancel' }, released).outcome.status).toBe('cancelled');
  });

  test('cancel with a person on the line still plays the announcement', () => {
    const call = new CallScript(dialRequest({ announcement: 'sorry' })).live().send({ type: 'cancel' });
    expect(call.state.phase).toBe('announcing');
    call.send({ type: 'played', completed: true }, released);
    expect(call.outcome.status).toBe('cancelled');
  });

  test('cancel of a call that is being transferred comes too late', () => {
    const call = new CallScript().live().send(agent, { type: 'cancel' }, { type: 'transferred' }, released);
    expect(call.outcome.status).toBe('transferred');
  });

  test('drain hands back what is not dialled and lets the rest go on', () => {
    const drain = { type: 'shutdown', how: 'drain' } as const;
    expect(new CallScript().send(drain).handBacks()).toEqual(['drain']);
    expect(new CallScript().dialled().send(drain).state.phase).toBe('dialling');
  });

  test('hang-up drops a waiting person at once, counted as abandoned', () => {
    const call = new CallScript(dialRequest({ announcement: 'sorry' })).live();
    call.send({ type: 'shutdown', how: 'hangup' }, released);
    expect(call.outcome).toMatchObject({ status: 'abandoned', reason: 'shutdown' });
  });

  test('a test call listens on after the verdict, then is dropped; nobody is asked for an agent', () => {
    const call = new CallScript({ ...dialRequest(), handoff: { kind: 'test', holdMs: 3_000 } })
      .live()
      .wait(2_999);
    expect(call.state.phase).toBe('awaiting_agent');
    call.wait(1).send(released);
    expect(call.outcome).toMatchObject({ result: callResult.Answer, status: 'dropped', reason: 'test' });
    expect(call.kinds()).not.toContain('request_agent');
  });
});
