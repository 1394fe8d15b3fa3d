import { describe, expect, test } from 'vitest';
import type { CallPhase, CallSignal } from '../../../../src/domain/call/call-state.ts';
import { callResult } from '../../../../src/domain/result.ts';
import { CallScript, dialRequest, verdict } from '../../../support/dialer/call-script.ts';

const agent = { type: 'agent', agentId: 'ann', extension: '7001' } as const;
const released = { type: 'released' } as const;
const engaged = dialRequest({ handoff: { kind: 'engaged', group: 'sales' }, announcement: 'sorry' });
const announced = dialRequest({
  announcement: 'sorry',
  onMachine: { action: 'message', file: 'call-back', maxWaitMs: 20_000 },
  optOut: { key: '9', file: 'removed' },
});
const machine = () => new CallScript(announced).answered().send(verdict('machine'));

/** A call in each phase that it can be in for a while. */
const inPhase: Record<Exclude<CallPhase, 'ended'>, () => CallScript> = {
  queued: () => new CallScript(),
  seizing: () => new CallScript().send({ type: 'start', channel: 3, answerSignalled: true }),
  dialling: () => new CallScript().dialled(),
  alerting: () => new CallScript().dialled().send({ type: 'ringing' }),
  answered: () => new CallScript().answered(),
  awaiting_agent: () => new CallScript(announced).live(),
  transferring: () => new CallScript().live().send(agent),
  joining: () => new CallScript(engaged).live().send({ type: 'leg', agentId: 'ann', channel: 9 }),
  connected: () => new CallScript().live().send(agent, { type: 'transferred' }),
  announcing: () => new CallScript(announced).live().wait(2_000),
  awaiting_beep: () => machine().send({ type: 'heard', heard: { kind: 'speech_start', atMs: 900 } }),
  leaving_message: () => machine().send({ type: 'heard', heard: { kind: 'beep', atMs: 800, endMs: 900 } }),
  awaiting_key: () => inPhase.announcing().send({ type: 'played', completed: true }),
  confirming_opt_out: () =>
    inPhase.announcing().send({ type: 'digits', digits: '9' }, { type: 'played', completed: false }),
  dropping: () => new CallScript().dialled().send(verdict('busy')),
  resetting: () => new CallScript().dialled().send(verdict('busy')).wait(8_000),
};
const phases = Object.keys(inPhase) as (keyof typeof inPhase)[];

test.each(phases)('the way to %s leads there', (phase) => {
  expect(inPhase[phase]().state.phase).toBe(phase);
});

describe('what does not come is not waited for longer than', () => {
  test.each<[keyof typeof inPhase, number, CallPhase, object]>([
    ['queued', 10_000, 'ended', {}],
    ['seizing', 10_000, 'resetting', { channelReason: 'no_seize' }],
    // The request's 20 s of ringing, and the slowest way through a network.
    ['dialling', 40_000, 'dropping', { result: callResult.NoProgress }],
    ['alerting', 25_000, 'dropping', { result: callResult.NoAnswer }],
    ['answered', 4_750, 'awaiting_agent', { result: callResult.Answer }],
    ['awaiting_agent', 2_000, 'announcing', {}],
    ['transferring', 45_000, 'dropping', {}],
    ['joining', 2_000, 'announcing', {}],
    ['connected', 10_000, 'dropping', {}],
    ['awaiting_beep', 20_000, 'dropping', {}],
    ['leaving_message', 180_000, 'dropping', {}],
    ['announcing', 90_000, 'dropping', {}],
    ['awaiting_key', 5_000, 'dropping', {}],
    ['confirming_opt_out', 30_000, 'dropping', {}],
    ['dropping', 8_000, 'resetting', { channelReason: 'no_release' }],
    ['resetting', 10_000, 'ended', { channelReason: 'no_reset' }],
  ])('in %s %i ms: then it is %s', (phase, ms, next, state) => {
    const call = inPhase[phase]().wait(ms - 1);
    expect(call.state.phase).toBe(phase);
    expect(call.wait(1).state).toMatchObject({ phase: next, ...state });
  });

  test('a call without a channel goes back to OCS, one whose set-up was lost says what was lost', () => {
    expect(inPhase.queued().wait(10_000).handBacks()).toEqual(['no_channel']);
    expect(inPhase.dialling().wait(40_000).send(released).outcome).toMatchObject({
      status: 'dropped',
      reason: 'no_progress',
      evidence: { rule: 'watchdog', decidedMs: 40_000 },
    });
    expect(inPhase.alerting().wait(25_000).send(released).outcome.reason).toBe('no_answer_lost');
    expect(inPhase.transferring().wait(45_000).send(released).outcome).toMatchObject({
      status: 'abandoned',
      reason: 'transfer_lost',
    });
    const joining = inPhase.joining().wait(2_000).send({ type: 'played', completed: true }, released);
    expect(joining.outcome).toMatchObject({ status: 'abandoned', reason: 'join_lost' });
    const announcing = inPhase.announcing().wait(90_000).send(released);
    expect(announcing.outcome).toMatchObject({ status: 'abandoned', reason: 'no_agent' });
  });

  test('a conversation that the board carries has the dialler’s limit; one that the switch took over is released', () => {
    const settings = { bridgedTransfer: true, longestCallMs: 60_000 };
    const bridged = new CallScript(dialRequest(), settings).live().send(agent, { type: 'transferred' });
    expect(bridged.wait(59_999).state.phase).toBe('connected');
    expect(bridged.wait(1).send(released).outcome).toMatchObject({ status: 'transferred', agentId: 'ann' });
    const joined = new CallScript(engaged, { longestCallMs: 60_000 }).live();
    joined.send({ type: 'leg', agentId: 'ann', channel: 9 }, { type: 'joined' });
    expect(joined.wait(59_999).state.phase).toBe('connected');
    expect(joined.wait(1).state.phase).toBe('dropping');
  });
});

describe('what does not belong to the phase changes nothing', () => {
  const fitting: Record<string, readonly CallPhase[]> = {
    seize: ['seizing'],
    dial: ['dialling', 'alerting'],
    transfer: ['transferring'],
    join: ['joining'],
    play: ['announcing', 'leaving_message', 'confirming_opt_out'],
    drop: ['dropping'],
    reset: ['resetting'],
  };
  const events: [CallSignal, readonly CallPhase[]][] = [
    ...Object.entries(fitting).map(([command, where]): [CallSignal, readonly CallPhase[]] => [
      { type: 'failed', command, reason: 'hardware' },
      where,
    ]),
    [{ type: 'start', channel: 4, answerSignalled: false }, ['queued']],
    [{ type: 'seized' }, ['seizing']],
    [{ type: 'number_sent' }, []],
    [{ type: 'ringing' }, ['dialling']],
    [{ type: 'answered' }, ['dialling', 'alerting']],
    [{ type: 'dialled' }, []],
    [{ type: 'proceeding' }, []],
    [{ type: 'no_answer' }, ['dialling', 'alerting']],
    [{ type: 'transferred' }, ['transferring']],
    [{ type: 'joined' }, ['joining']],
    [{ type: 'played', completed: true }, ['announcing', 'leaving_message', 'confirming_opt_out']],
    [{ type: 'digits', digits: '9' }, ['announcing', 'awaiting_key']],
    [{ type: 'timer', name: 'quiet' }, ['awaiting_beep']],
    [{ type: 'reset' }, ['resetting']],
    [agent, ['awaiting_agent']],
    [{ type: 'leg_lost' }, ['joining', 'connected']],
    [{ type: 'shutdown', how: 'drain' }, ['queued', 'seizing']],
    [
      { type: 'cancel' },
      [
        'queued',
        'seizing',
        'dialling',
        'alerting',
        'answered',
        'awaiting_agent',
        'awaiting_beep',
        'leaving_message',
      ],
    ],
    [
      { type: 'shutdown', how: 'hangup' },
      phases.filter((phase) => phase !== 'dropping' && phase !== 'resetting'),
    ],
    [{ type: 'no_agents' }, ['queued', 'seizing', 'dialling', 'alerting']],
    [{ type: 'timer', name: 'seizing' }, ['seizing']],
    [released, phases.filter((phase) => phase !== 'queued')],
  ];

  test.each(events)('%j', (event, where) => {
    for (const phase of phases) {
      const call = inPhase[phase]();
      const { state, effects } = call;
      const before = effects.length;
      call.send(event);
      const moved = call.effects.length > before || call.state.phase !== state.phase;
      expect({ phase, moved }).toEqual({ phase, moved: where.includes(phase) });
      if (!moved) expect(call.state).toEqual(state);
    }
  });

  test('a person who waits for a joined agent is not transferred to one whom OCS names', () => {
    const call = new CallScript(engaged).live().send(agent);
    expect(call.kinds()).not.toContain('transfer');
  });
});

describe('an agent who is given to a call', () => {
  const givenBack = (call: CallScript) => call.kinds().filter((kind) => kind === 'release_agent').length;

  test('goes back once, when the call has no use for them any more', () => {
    expect(givenBack(inPhase.joining().send({ type: 'failed', command: 'join', reason: 'hardware' }))).toBe(
      1,
    );
    expect(givenBack(inPhase.joining().send({ type: 'leg_lost' }))).toBe(1);
    expect(givenBack(inPhase.awaiting_agent().wait(2_000))).toBe(1);
    expect(givenBack(inPhase.connected().send(released))).toBe(1);
    const late = inPhase.announcing();
    const before = givenBack(late);
    expect(givenBack(late.send({ type: 'leg', agentId: 'bob', channel: 8 }))).toBe(before + 1);
  });

  test('stays while another transfer is tried, and is not there in a test call', () => {
    const failed = { type: 'failed', command: 'transfer', reason: 'transfer_busy' } as const;
    expect(givenBack(inPhase.transferring().send(failed))).toBe(0);
    const test = { ...dialRequest(), handoff: { kind: 'test', holdMs: 3_000 } } as const;
    expect(givenBack(new CallScript(test).live().wait(3_000).send(released))).toBe(0);
  });

  test('is not connected any more when their leg is lost: the customer is released as one who was served', () => {
    const call = new CallScript(engaged).live();
    call.send(
      { type: 'leg', agentId: 'ann', channel: 9 },
      { type: 'joined' },
      { type: 'leg_lost' },
      released,
    );
    expect(call.outcome).toMatchObject({ status: 'transferred', agentId: 'ann' });
    expect(call.effects).toContainEqual({
      kind: 'report',
      report: { kind: 'connected', agentId: 'ann', extension: null },
    });
  });

  test('is sought anew with another leg when theirs was lost before the join, while there is time', () => {
    const call = inPhase.joining().send({ type: 'leg_lost' });
    expect(call.kinds().filter((kind) => kind === 'request_leg')).toHaveLength(2);
    const late = new CallScript(engaged).live().wait(1_500).send({ type: 'leg', agentId: 'ann', channel: 9 });
    late.wait(600).send({ type: 'leg_lost' });
    expect(late.state.phase).toBe('announcing');
  });
});

describe('the channel after the call', () => {
  const freed = (call: CallScript) => call.effects.find(({ kind }) => kind === 'free_channel');

  test.each<[string, CallScript, string, string | null]>([
    [
      'glare',
      inPhase.seizing().send({ type: 'failed', command: 'seize', reason: 'glare' }, released),
      'good',
      null,
    ],
    [
      'a seizure that failed',
      inPhase.seizing().send({ type: 'failed', command: 'seize', reason: 'hardware' }, released),
      'suspect',
      'hardware',
    ],
    [
      'a fault of the hardware',
      inPhase.dialling().send({ type: 'failed', command: 'dial', reason: 'hardware' }, released),
      'suspect',
      'hardware',
    ],
    [
      'no loop current',
      inPhase.alerting().send({ type: 'failed', command: 'dial', reason: 'no_loop_current' }, released),
      'suspect',
      'no_loop_current',
    ],
    [
      'a tone that is missing after seizure',
      inPhase.dialling().send({ type: 'failed', command: 'dial', reason: 'no_dial_tone' }, released),
      'suspect',
      'no_dial_tone',
    ],
    [
      'a number that cannot be dialled',
      inPhase.dialling().send({ type: 'failed', command: 'dial', reason: 'BAD_NUMBER' }, released),
      'good',
      null,
    ],
    [
      'a release that failed',
      inPhase.dropping().send({ type: 'failed', command: 'drop', reason: 'hardware' }, { type: 'reset' }),
      'suspect',
      'hardware',
    ],
    [
      'a reset that failed',
      inPhase.resetting().send({ type: 'failed', command: 'reset', reason: 'hardware' }),
      'lost',
      'hardware',
    ],
    [
      'a board that takes it away',
      inPhase.alerting().send({ type: 'out_of_service', reason: 'span' }),
      'lost',
      'span',
    ],
    ['a whole conversation', inPhase.connected().send(released), 'good', null],
  ])('after %s', (_what, call, condition, reason) => {
    expect(freed(call)).toEqual({ kind: 'free_channel', condition, reason });
  });

  test('is nobody’s where there was none', () => {
    expect(freed(inPhase.queued().wait(10_000))).toBeUndefined();
    expect(freed(inPhase.queued().send({ type: 'cancel' }))).toBeUndefined();
    expect(inPhase.queued().send({ type: 'out_of_service', reason: 'span' }).state.phase).toBe('queued');
  });
});

describe('a call that our side ends', () => {
  const hangup = { type: 'shutdown', how: 'hangup' } as const;
  const gone = { type: 'out_of_service', reason: 'span' } as const;

  test.each<[keyof typeof inPhase, CallSignal, object]>([
    ['dialling', hangup, { result: callResult.DroppedOnNoAnswer, status: 'dropped', reason: 'shutdown' }],
    ['alerting', hangup, { result: callResult.DroppedOnNoAnswer, status: 'dropped', reason: 'shutdown' }],
    ['answered', hangup, { result: callResult.Answer, status: 'abandoned', reason: 'shutdown' }],
    ['connected', hangup, { result: callResult.Answer, status: 'transferred', reason: null }],
    ['dialling', gone, { result: callResult.SystemError, status: 'dropped', reason: 'out_of_service' }],
    ['answered', gone, { result: callResult.Answer, status: 'abandoned', reason: 'out_of_service' }],
    ['dropping', gone, { result: callResult.Busy, status: 'dropped', reason: null }],
    ['alerting', { type: 'cancel' }, { result: callResult.Unknown, status: 'cancelled', reason: 'cancel' }],
    ['answered', { type: 'cancel' }, { status: 'cancelled', reason: 'cancel' }],
  ])('in %s by %j', (phase, event, outcome) => {
    const call = inPhase[phase]().send(event);
    if (call.state.phase !== 'ended') call.send(released);
    expect(call.outcome).toMatchObject(outcome);
  });

  test('on its way to where machines go keeps what was heard', () => {
    const onMachine = { action: 'transfer', extension: '7900' } as const;
    const call = new CallScript(dialRequest({ onMachine })).answered().send(verdict('machine'));
    expect(call.send(gone).outcome).toMatchObject({ result: callResult.AnsweringMachine, status: 'dropped' });
  });

  test('before it was dialled goes back, and before it had a channel needs no release', () => {
    expect(inPhase.seizing().send(hangup, released).handBacks()).toEqual(['shutdown']);
    expect(inPhase.queued().send(hangup).handBacks()).toEqual(['shutdown']);
    expect(inPhase.seizing().send({ type: 'disconnected', cause: 41 }, released).handBacks()).toEqual([
      'line_lost',
    ]);
    expect(inPhase.seizing().send({ type: 'alarm', alarm: 'red' }, released).handBacks()).toEqual([
      'alarm_red',
    ]);
    expect(inPhase.queued().send({ type: 'cancel' }).outcome).toMatchObject({
      result: callResult.Ok,
      status: 'cancelled',
      channel: null,
      milestones: { queued: 0 },
    });
  });
});

describe('a far end that lets go', () => {
  const bye = { type: 'disconnected', cause: 16 } as const;
  const alarm = { type: 'alarm', alarm: 'red' } as const;

  test('names the cause before answer; a tone of an unobtainable number says more than any cause', () => {
    const tone = { type: 'heard', heard: { kind: 'number_unobtainable' } } as const;
    const rung = inPhase.alerting().send({ type: 'disconnected', cause: null }, released).outcome;
    expect(rung).toMatchObject({
      result: callResult.RemoteRelease,
      evidence: { rule: 'disconnected', cause: null },
    });
    const dead = inPhase.dialling().send({ type: 'disconnected', cause: null }, released).outcome;
    expect(dead.result).toBe(callResult.NoProgress);
    for (const end of [bye, { type: 'no_answer' }, alarm] as const)
      expect(inPhase.dialling().send(tone, end, released).outcome.result).toBe(callResult.NuTone);
  });

  test('in the turn of the verdict has abandoned nobody', () => {
    expect(inPhase.awaiting_agent().send(bye, released).outcome.status).toBe('released');
    expect(inPhase.awaiting_agent().wait(1).send(bye, released).outcome.status).toBe('abandoned');
  });

  test('because of an alarm says so, and not when it hung up itself, or when the alarm is over', () => {
    const cut = { type: 'disconnected', cause: 38 } as const;
    const over = { type: 'alarm', alarm: null } as const;
    for (const phase of ['answered', 'awaiting_agent', 'transferring'] as const) {
      expect(inPhase[phase]().wait(1).send(alarm, cut, released).outcome.reason).toBe('alarm_red');
      for (const events of [[alarm, bye], [alarm, over, cut], [bye]] as const)
        expect(
          inPhase[phase]()
            .wait(1)
            .send(...events, released).outcome.reason,
        ).toBe('customer_hung_up');
    }
  });

  test('on a line without signalling says nothing of who did it', () => {
    const call = new CallScript();
    call.send({ type: 'start', channel: 1, answerSignalled: false }, { type: 'seized' }, { type: 'dialled' });
    call.send({ type: 'answered' }, alarm, bye, released);
    expect(call.outcome.reason).toBe('alarm_red');
  });

  test('with the agent, or during the announcement, changes nothing of what the call was', () => {
    expect(inPhase.connected().send(bye, released).outcome).toMatchObject({
      status: 'transferred',
      reason: null,
    });
    expect(inPhase.connected().send({ type: 'disconnected', cause: 27 }, released).outcome).toMatchObject({
      status: 'transferred',
      reason: 'cause_27',
    });
    expect(inPhase.announcing().send(bye, released).outcome).toMatchObject({
      status: 'abandoned',
      reason: 'no_agent',
    });
  });
});

describe('a doubt that reached an agent', () => {
  test.each(['unknown', 'ringback', 'false_answer'] as const)('is an Answer: %s', (heard) => {
    const call = new CallScript().answered().send(verdict(heard), agent, { type: 'transferred' }, released);
    expect(call.outcome).toMatchObject({ result: callResult.Answer, status: 'transferred' });
  });
});
