import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CallEnd, ChannelUse, DialerConfig, TestCallEvent } from '../../src/dialer/contract.ts';
import { CodedError } from '../../src/domain/errors.ts';
import type { CheckedNumber } from '../../src/domain/number.ts';
import { callResult, type Cpa } from '../../src/domain/result.ts';
import { dialRequest, verdict } from '../support/call-script.ts';
import { DialerBench } from '../support/dialer-bench.ts';
import { settle } from '../support/fake-ocs.ts';
import { silentLog } from '../support/silent-log.ts';
import { ScriptedBoard } from '../support/scripted-board.ts';

const number = (digits: string) => digits as CheckedNumber;
const request = (attemptId: string, over: Parameters<typeof dialRequest>[0] = {}) =>
  dialRequest({ attemptId, ...over });

let board: ScriptedBoard;
let bench: DialerBench<ScriptedBoard>;
let ended: CallEnd[];
let uses: [number, ChannelUse][];

function open(channels: number, config: Partial<DialerConfig> = {}, cpa?: Cpa[][]): void {
  board = new ScriptedBoard(channels, cpa);
  ended = [];
  uses = [];
  const observer = {
    ended: (end: CallEnd) => ended.push(end),
    channel: ({ channel, to }: { channel: number; to: ChannelUse }) => uses.push([channel, to]),
  };
  bench = new DialerBench(board, { config, observer });
}

beforeEach(() => {
  open(2);
});
afterEach(async () => {
  await bench.close();
});

/** Takes requests and lets the board dial them. */
async function dial(...requests: ReturnType<typeof request>[]): Promise<void> {
  const before = board.did('dial').length;
  bench.ocs.offer(...requests);
  bench.dialer.start();
  await bench.until(() => board.did('seize').length >= before + requests.length, 'seized');
  board.advance(1);
}

function answer(channel: number, what = verdict('live')): void {
  board.emit(channel, { type: 'answered', by: 'signal' });
  board.advance(1_000);
  board.emit(channel, what);
}

test('a live call: marked before it is dialled, agent found, transferred, reported in order', async () => {
  bench.ocs.agents = [{ agentId: 'ann', extension: '7001' }];
  const marks: (string | null)[] = [];
  const dialOnBoard = board.dial.bind(board);
  board.dial = (...args) => {
    marks.push(bench.journal.stateOf('a-1'));
    dialOnBoard(...args);
  };
  await dial(request('a-1', { number: number('+12025550123'), callerId: number('2025550100') }));
  expect(marks).toEqual(['dialling']);
  expect(board.commands.at(-1)).toMatchObject({
    name: 'dial',
    to: '12025550123',
    parameters: { plan: 'US', mode: 'accurate_am_detection', callerId: '2025550100' },
  });
  const channel = board.did('dial')[0] ?? 0;
  answer(channel);
  await bench.until(() => board.did('transfer').length === 1, 'transfer');
  board.transferred(channel);
  await bench.until(() => bench.ocs.ends('a-1').length === 1, 'outcome');
  expect(bench.ocs.story('a-1').map((report) => report.kind)).toEqual([
    'accepted',
    ...Array<string>(4).fill('milestone'),
    'milestone',
    'result',
    'milestone',
    'milestone',
    'connected',
    'milestone',
    'outcome',
  ]);
  expect(bench.ocs.ends('a-1')[0]).toMatchObject({ status: 'transferred', agentId: 'ann' });
  expect(ended[0]).toMatchObject({ attemptId: 'a-1', number: '**********23', answerToVerdictMs: 1_000 });
  await bench.until(() => bench.dialer.status().unacknowledged === 0, 'acknowledged');
  expect(bench.dialer.status()).toMatchObject({ calls: 0, channels: { idle: 2, busy: 0, outOfService: 0 } });
});

test('a channel has one call at a time, and a pull asks for no more than are free', async () => {
  await dial(request('a-1'), request('a-2'));
  bench.ocs.offer(request('a-3'));
  await settle(20);
  expect(new Set(board.did('seize')).size).toBe(2);
  expect(bench.ocs.waiting).toBe(1);
  expect(bench.ocs.questions.at(-1)).toMatchObject({ free: 0, channels: { inService: 2, busy: 2 } });
  expect(bench.ocs.questions.at(-1)?.active).toEqual(['a-1', 'a-2']);
  board.emit(1, { type: 'disconnected', cause: 17 });
  board.advance(1);
  await bench.until(() => board.did('seize').length === 3, 'third call');
  expect(board.did('seize')[2]).toBe(1);
});

test('reserved channels are left alone by the pull', async () => {
  await bench.close();
  open(3, { reservedChannels: 2 });
  bench.dialer.start();
  await bench.until(() => bench.ocs.questions.length > 0, 'pull');
  expect(bench.ocs.questions[0]?.free).toBe(1);
});

test('a fault of ours in one call stays in that call', async () => {
  await dial(request('a-1'), request('a-2'));
  const [first = 0, second = 0] = board.did('dial');
  // What no board sends: the step function cannot read it.
  const broken = { type: 'verdict', verdict: 'live', sit: null, confidence: 1, evidence: null } as never;
  expect(() => {
    board.emit(first, { type: 'answered', by: 'signal' });
    board.emit(first, broken);
  }).not.toThrow();
  bench.ocs.agents = [
    { agentId: 'ann', extension: '7001' },
    { agentId: 'bob', extension: '7002' },
  ];
  answer(second);
  await bench.until(() => board.did('transfer').includes(second), 'transfer of the other call');
  // The call that tripped is still guarded by its deadline: in doubt it is a person.
  board.advance(5_000);
  await bench.until(() => board.did('transfer').includes(first), 'transfer of the call that tripped');
});

test('a call analysis that some lines have: a request waits for one of them, and holds up nobody', async () => {
  await bench.close();
  open(2, {}, [
    ['board', 'ours'],
    ['board', 'ours', 'both'],
  ]);
  await dial(request('a-1', { cpa: 'both' }));
  expect(board.did('dial')).toEqual([2]);
  bench.ocs.offer(request('a-2', { cpa: 'both' }), request('a-3'));
  await bench.until(() => board.did('seize').length === 2, 'the line without');
  expect(board.did('seize')).toEqual([2, 1]);
  board.advance(1);
  const analyses = board.commands
    .filter(({ name }) => name === 'dial')
    .map(({ parameters }) => parameters?.cpa);
  expect(analyses).toEqual(['both', undefined]);
  bench.ocs.command({ kind: 'cancel', attemptId: 'a-1' });
  await bench.until(() => board.did('drop').length === 1, 'drop');
  board.advance(1);
  expect(board.did('seize')).toEqual([2, 1, 2]);
});

describe('what is never dialled', () => {
  test('a number that the dial plan does not allow', async () => {
    bench.ocs.offer(request('a-1', { number: number('19005550123') }));
    bench.dialer.start();
    await bench.until(() => bench.ocs.ends('a-1').length === 1, 'outcome');
    expect(bench.ocs.ends('a-1')[0]).toMatchObject({
      result: callResult.DialError,
      status: 'dial_error',
      reason: 'NUMBER_NOT_ALLOWED',
    });
    expect(board.commands).toEqual([]);
  });

  test('a request that names an extension outside the switch', async () => {
    bench.ocs.offer(
      request('a-1', { handoff: { kind: 'destination', extension: '0019005550123' } }),
      request('a-2', { onMachine: { action: 'transfer', extension: '112' } }),
    );
    bench.dialer.start();
    for (const id of ['a-1', 'a-2']) {
      await bench.until(() => bench.ocs.ends(id).length === 1, 'outcome');
      expect(bench.ocs.ends(id)[0]).toMatchObject({ status: 'dial_error', reason: 'EXTENSION_NOT_ALLOWED' });
    }
    expect(board.commands).toEqual([]);
  });

  test('a request with a tone plan that the board has not', async () => {
    await bench.close();
    open(2, { plans: ['US', 'GB'] });
    bench.ocs.offer(request('a-1', { plan: 'XX' }), request('a-2', { plan: 'GB' }));
    bench.dialer.start();
    await bench.until(() => bench.ocs.ends('a-1').length === 1, 'outcome');
    expect(bench.ocs.ends('a-1')[0]).toMatchObject({
      result: callResult.DialError,
      status: 'dial_error',
      reason: 'UNKNOWN_PLAN',
      channel: null,
    });
    await bench.until(() => board.did('seize').length === 1, 'the other one');
    board.advance(1);
    expect(board.commands.at(-1)).toMatchObject({ name: 'dial', parameters: { plan: 'GB' } });
  });

  test('a request for a call analysis that no line has', async () => {
    await bench.close();
    open(2, {}, [['board', 'ours']]);
    bench.ocs.offer(request('a-1', { cpa: 'both' }), request('a-2', { cpa: 'ours' }), request('a-3'));
    bench.dialer.start();
    await bench.until(() => bench.ocs.ends('a-1').length === 1, 'outcome');
    expect(bench.ocs.ends('a-1')[0]).toMatchObject({ status: 'dial_error', reason: 'NOT_SUPPORTED' });
    await bench.until(() => board.did('seize').length === 2, 'the others');
    board.advance(1);
    const dials = board.commands.filter(({ name }) => name === 'dial');
    expect(dials.map(({ parameters }) => parameters?.cpa)).toEqual(['ours', undefined]);
  });

  test('the share of people one may lose: the request says, else the dialler; a calibration always counts', async () => {
    await bench.close();
    open(2, { detection: { maxHumanLoss: 0.01, scoreOffset: -0.5 } });
    await dial(request('a-1', { maxHumanLoss: 0.003 }), request('a-2'));
    const dials = board.commands.filter(({ name }) => name === 'dial');
    expect(dials.map(({ parameters }) => parameters)).toMatchObject([
      { maxHumanLoss: 0.003, scoreOffset: -0.5 },
      { maxHumanLoss: 0.01, scoreOffset: -0.5 },
    ]);
  });

  test("an agent's extension outside the switch: another agent gets the person", async () => {
    bench.ocs.agents = [
      { agentId: 'eve', extension: '0019005550123' },
      { agentId: 'ann', extension: '7001' },
    ];
    await dial(request('a-1'));
    answer(board.did('dial')[0] ?? 0);
    await bench.until(() => board.did('transfer').length === 1, 'transfer');
    expect(board.commands.at(-1)).toMatchObject({ name: 'transfer', to: '7001' });
    expect(bench.ocs.agentRequests.at(-1)?.failed).toEqual(['eve']);
  });

  test('an engaged leg to an extension outside the switch', async () => {
    const engage = { kind: 'engage', engagementId: 'e-1', group: 'sales', agentId: 'eve' } as const;
    bench.ocs.command({ ...engage, extension: '911' });
    bench.dialer.start();
    await bench.until(() => bench.ocs.engagements.length === 1, 'report');
    expect(bench.ocs.engagements[0]).toMatchObject({ state: 'failed', reason: 'EXTENSION_NOT_ALLOWED' });
    expect(board.commands).toEqual([]);
  });

  test('a request that is not as it should be', async () => {
    const bad = {
      attemptId: 'a-1',
      code: 'BAD_NUMBER',
      message: 'number: no',
      request: { number: '5,5' },
    } as const;
    bench.ocs.offerBad(bad);
    bench.dialer.start();
    await bench.until(() => bench.ocs.ends('a-1').length === 1, 'outcome');
    expect(bench.ocs.ends('a-1')[0]).toMatchObject({ status: 'dial_error', reason: 'BAD_NUMBER' });
    expect(board.commands).toEqual([]);
  });

  test('an attempt that comes again: while it runs nothing happens, afterwards its reports are repeated', async () => {
    await dial(request('a-1'));
    bench.ocs.offer(request('a-1'));
    await bench.until(() => bench.ocs.waiting === 0, 'pulled again');
    board.emit(1, { type: 'disconnected', cause: 17 });
    board.advance(1);
    await bench.until(() => bench.ocs.ends('a-1').length === 1, 'outcome');
    await bench.until(() => bench.dialer.status().unacknowledged === 0, 'acknowledged');
    const before = bench.ocs.reports.length;
    bench.ocs.offer(request('a-1'));
    await bench.until(() => bench.ocs.reports.length === 2 * before, 'repeated');
    expect(board.did('dial')).toHaveLength(1);
    expect(bench.ocs.ends('a-1')).toHaveLength(1);
  });

  test('anything at all while the journal cannot be written', async () => {
    await bench.dialer.stop(0);
    let broken = true;
    const inner = bench.journal;
    const journal = {
      ...inner,
      accept: (attempts: Parameters<typeof inner.accept>[0]) => {
        if (broken) throw new CodedError('JOURNAL_ERROR', 'disk full');
        inner.accept(attempts);
      },
    };
    bench.dialer = bench.create(journal);
    bench.ocs.offer(request('a-1'));
    bench.dialer.start();
    await bench.until(() => bench.dialer.status().journal === 'failed', 'noticed');
    await bench.until(() => bench.ocs.questions.at(-1)?.free === 0, 'no free channels');
    expect(board.commands).toEqual([]);
    broken = false;
    board.advance(2_000);
    bench.ocs.offer(request('a-1'));
    await bench.until(() => board.did('seize').length === 1, 'dialling again');
  });

  test('and the log says so when it begins, each minute while it lasts, and when it is over', async () => {
    await bench.dialer.stop(0);
    let broken = true;
    const inner = bench.journal;
    const journal = {
      ...inner,
      accept: (attempts: Parameters<typeof inner.accept>[0]) => {
        if (broken) throw new CodedError('JOURNAL_ERROR', 'disk full');
        inner.accept(attempts);
      },
    };
    const said: string[] = [];
    const note = (_fields: object, message: string) => {
      if (message.includes('journal') || message.includes('pull could not')) said.push(message);
    };
    const log = { debug: note, info: note, warn: note, error: note };
    bench.dialer = bench.create(journal, log);
    bench.dialer.start();
    bench.ocs.offer(request('a-1'));
    await bench.until(() => bench.dialer.status().journal === 'failed', 'noticed');
    const begin = ['the journal cannot be written; nothing new is dialled', 'a pull could not be taken'];
    await settle(5);
    expect(said).toEqual(begin);
    for (let second = 2; second <= 130; second += 2) board.advance(2_000);
    const still = 'the journal still cannot be written';
    expect(said).toEqual([...begin, still, still]);
    broken = false;
    board.advance(2_000);
    expect(said).toEqual([...begin, still, still, 'the journal can be written again']);
  });

  test('a call whose mark cannot be written; what it has to say is written when the disk is back', async () => {
    await bench.dialer.stop(0);
    let broken = false;
    const fail = () => {
      if (broken) throw new CodedError('JOURNAL_ERROR', 'disk full');
    };
    const inner = bench.journal;
    const journal = {
      ...inner,
      accept: (attempts: Parameters<typeof inner.accept>[0]) => {
        fail();
        inner.accept(attempts);
      },
      markDialling: (id: string) => {
        fail();
        inner.markDialling(id);
      },
      report: (...args: Parameters<typeof inner.report>) => {
        fail();
        inner.report(...args);
      },
    };
    bench.dialer = bench.create(journal);
    bench.ocs.offer(request('a-1'));
    bench.dialer.start();
    await bench.until(() => board.did('seize').length === 1, 'seized');
    broken = true;
    board.advance(10);
    expect(board.did('dial')).toEqual([]);
    expect(bench.dialer.status()).toMatchObject({ calls: 0, journal: 'failed' });
    broken = false;
    board.advance(2_000);
    await bench.until(() => bench.ocs.ends('a-1').length === 1, 'handed back');
    expect(bench.ocs.ends('a-1')).toEqual([{ handBack: 'JOURNAL_ERROR' }]);
  });
});

test('after a crash nothing is dialled again: one handed back, one reported as lost in the crash', async () => {
  await dial(request('dialled'));
  board.mute = true;
  bench.ocs.offer(request('taken'));
  await bench.until(() => board.did('seize').length === 2, 'both taken');
  expect(bench.journal.stateOf('taken')).toBe('accepted');

  // The same file, a new process: the old one never says goodbye.
  const crashed = bench;
  const next = new DialerBench(new ScriptedBoard(2), { ocs: bench.ocs, folder: bench.folder });
  next.dialer.start();
  await next.until(() => next.ocs.ends('taken').length + next.ocs.ends('dialled').length === 2, 'settled');
  expect(next.ocs.ends('taken')).toEqual([{ handBack: 'restart' }]);
  expect(next.ocs.ends('dialled')[0]).toMatchObject({ result: callResult.SystemError, reason: 'crash' });
  next.ocs.offer(request('dialled'), request('taken'));
  await next.until(() => next.ocs.waiting === 0, 'offered again');
  await settle(10);
  expect(next.board.commands).toEqual([]);
  await next.close(true);
  bench = crashed;
});

test('without OCS nothing new is dialled; calls go on, their results are delivered when it is back', async () => {
  await dial(request('a-1'));
  bench.ocs.down = true;
  await bench.until(() => bench.dialer.status().link === 'down', 'lost');
  board.emit(1, { type: 'disconnected', cause: 17 });
  board.advance(1);
  await bench.until(() => bench.dialer.status().calls === 0, 'ended');
  expect(bench.ocs.ends('a-1')).toEqual([]);
  expect(bench.dialer.status().unacknowledged).toBeGreaterThan(0);
  bench.ocs.down = false;
  await bench.until(() => bench.ocs.ends('a-1').length === 1, 'delivered');
  // Reports and pulls find OCS each for itself, in either order.
  await bench.until(() => bench.dialer.status().link === 'up', 'found');
});

test('reports that are not acknowledged are sent again and again, and are the same each time', async () => {
  bench.ocs.deaf = true;
  await dial(request('a-1'));
  await bench.until(() => bench.ocs.reports.filter(({ seq }) => seq === 1).length >= 3, 'repeats');
  bench.ocs.deaf = false;
  await bench.until(() => bench.dialer.status().unacknowledged === 0, 'acknowledged');
  const first = bench.ocs.reports.filter(({ seq }) => seq === 1);
  expect(new Set(first.map((report) => JSON.stringify(report))).size).toBe(1);
});

describe('commands of OCS', () => {
  test('cancel ends an attempt that rings', async () => {
    await dial(request('a-1'));
    bench.ocs.command({ kind: 'cancel', attemptId: 'a-1' }, { kind: 'cancel', attemptId: 'nobody' });
    await bench.until(() => board.did('drop').length === 1, 'dropped');
    board.advance(1);
    await bench.until(() => bench.ocs.ends('a-1').length === 1, 'outcome');
    expect(bench.ocs.ends('a-1')[0]).toMatchObject({ status: 'cancelled' });
  });

  test('drain of a campaign hands back what is not dialled of it, and of no other', async () => {
    board.mute = true;
    bench.ocs.offer(request('a-1', { campaign: 'old' }), request('a-2', { campaign: 'new' }));
    bench.dialer.start();
    await bench.until(() => board.did('seize').length === 2, 'seized');
    bench.ocs.command({ kind: 'drain', campaign: 'old' });
    await bench.until(() => board.did('drop').length === 1, 'dropped');
    board.emit(board.did('drop')[0] ?? 0, { type: 'released' });
    await bench.until(() => bench.ocs.ends('a-1').length === 1, 'handed back');
    expect(bench.ocs.ends('a-1')).toEqual([{ handBack: 'drain' }]);
    expect(bench.dialer.calls().map(({ attemptId }) => attemptId)).toEqual(['a-2']);
  });
});

describe('an engaged leg', () => {
  const engage = {
    kind: 'engage',
    engagementId: 'e-1',
    group: 'sales',
    agentId: 'ann',
    extension: '7001',
  } as const;
  const engaged = (attemptId: string) => request(attemptId, { handoff: { kind: 'engaged', group: 'sales' } });

  async function legUp(): Promise<void> {
    bench.ocs.command(engage);
    bench.dialer.start();
    await bench.until(() => board.did('seize').length === 1, 'leg seized');
    board.advance(1);
    expect(board.commands.at(-1)).toMatchObject({
      name: 'dial',
      to: '7001',
      parameters: { noDetection: true },
    });
    board.emit(1, { type: 'answered', by: 'signal' });
    await bench.until(() => bench.ocs.engagements.length === 1, 'leg up');
    expect(bench.ocs.engagements).toEqual([{ engagementId: 'e-1', state: 'up', reason: null }]);
  }

  test('is joined in the turn of the verdict, parted when the customer leaves, and let go when asked', async () => {
    await legUp();
    await dial(engaged('a-1'));
    answer(2);
    expect(board.commands.at(-1)).toMatchObject({ name: 'join', channel: 2, to: 1 });
    board.emit(2, { type: 'joined', other: 1 });
    board.emit(1, { type: 'joined', other: 2 });
    bench.ocs.command({ kind: 'disengage', engagementId: 'e-1' });
    await settle(10);
    expect(board.did('drop')).toEqual([]);
    board.emit(2, { type: 'disconnected', cause: 16 });
    expect(board.commands.slice(-2).map(({ name, channel }) => [name, channel])).toEqual([
      ['part', 1],
      ['drop', 2],
    ]);
    board.emit(1, { type: 'parted' });
    expect(board.commands.at(-1)).toMatchObject({ name: 'drop', channel: 1 });
    board.advance(1);
    await bench.until(() => bench.ocs.engagements.length === 2, 'leg released');
    expect(bench.ocs.engagements[1]).toMatchObject({ state: 'released', reason: 'disengaged' });
    await bench.until(() => bench.ocs.ends('a-1').length === 1, 'outcome');
    expect(bench.ocs.ends('a-1')[0]).toMatchObject({ status: 'transferred', agentId: 'ann' });
    expect(bench.dialer.status().channels.idle).toBe(2);
  });

  test('serves the next person who waits, first come, first served', async () => {
    await bench.close();
    open(3);
    await legUp();
    await dial(engaged('a-1'), engaged('a-2'));
    answer(2);
    board.emit(2, { type: 'joined', other: 1 });
    answer(3);
    expect(board.did('join')).toEqual([2]);
    board.emit(2, { type: 'disconnected', cause: 16 });
    board.emit(1, { type: 'parted' });
    expect(board.did('join')).toEqual([2, 3]);
  });

  test('that goes away takes its customer’s call with it', async () => {
    await legUp();
    await dial(engaged('a-1'));
    answer(2);
    board.emit(2, { type: 'joined', other: 1 });
    board.emit(1, { type: 'disconnected', cause: 16 });
    expect(board.did('drop')).toEqual([2, 1]);
    board.advance(1);
    await bench.until(() => bench.ocs.ends('a-1').length === 1, 'outcome');
    expect(bench.ocs.engagements.at(-1)).toMatchObject({ state: 'released', reason: 'cause_16' });
  });

  test('that OCS forgot is taken over under its new name, or let go after a while', async () => {
    await legUp();
    bench.ocs.sessionId = 's-2';
    bench.ocs.command({ ...engage, engagementId: 'e-2' });
    await bench.until(() => bench.ocs.engagements.length === 2, 'up under its new name');
    expect(bench.ocs.engagements[1]).toEqual({ engagementId: 'e-2', state: 'up', reason: null });
    expect(board.did('dial')).toEqual([1]);
    bench.ocs.sessionId = 's-3';
    const pulls = bench.ocs.questions.length;
    await bench.until(() => bench.ocs.questions.length > pulls + 2, 'forgotten again');
    board.advance(29_999);
    expect(board.did('drop')).toEqual([]);
    board.advance(2);
    expect(board.did('drop')).toEqual([1]);
  });

  test('without a free channel has failed', async () => {
    await dial(request('a-1'), request('a-2'));
    bench.ocs.command(engage);
    await bench.until(() => bench.ocs.engagements.length === 1, 'reported');
    expect(bench.ocs.engagements[0]).toMatchObject({ state: 'failed', reason: 'no_channel' });
  });
});

describe('channels', () => {
  test('one that answers nothing is out of service, is reset after growing pauses, and comes back', async () => {
    board.mute = true;
    await dial(request('a-1'));
    board.advance(20_000);
    expect(bench.dialer.channels()[0]).toMatchObject({
      use: 'out_of_service',
      outOfServiceReason: 'no_reset',
      faults: 1,
    });
    await bench.until(() => bench.ocs.ends('a-1').length === 1, 'handed back');
    expect(bench.ocs.ends('a-1')).toEqual([{ handBack: 'no_seize' }]);
    board.advance(5_000);
    expect(board.did('reset')).toHaveLength(2);
    board.advance(10_000 + 15_000 - 2);
    expect(board.did('reset')).toHaveLength(2);
    board.mute = false;
    board.advance(2);
    expect(board.did('reset')).toHaveLength(3);
    expect(bench.dialer.channels()[0]).toMatchObject({ use: 'idle', outOfServiceReason: null });
    expect(uses.filter(([channel]) => channel === 1).map(([, use]) => use)).toEqual([
      'call',
      'out_of_service',
      'idle',
    ]);
  });

  test('an alarm takes the idle ones of its span out of use until it goes', async () => {
    await dial(request('a-1'));
    board.emit(1, { type: 'alarm', span: 1, alarm: 'red', on: true }, 0);
    expect(bench.dialer.channels()[1]).toMatchObject({
      use: 'out_of_service',
      outOfServiceReason: 'alarm_red',
    });
    board.advance(1);
    await bench.until(() => bench.ocs.ends('a-1').length === 1, 'outcome');
    expect(bench.ocs.ends('a-1')[0]).toMatchObject({ result: callResult.SwitchError, reason: 'alarm_red' });
    expect(bench.dialer.status().channels).toEqual({ idle: 0, busy: 0, outOfService: 2 });
    board.emit(1, { type: 'alarm', span: 1, alarm: 'red', on: false }, 0);
    expect(bench.dialer.status().channels.idle).toBe(2);
  });

  test('events of a call that is over are counted and do nothing', async () => {
    await dial(request('a-1'));
    board.emit(1, { type: 'disconnected', cause: 17 });
    board.advance(1);
    const before = board.commands.length;
    board.emit(1, { type: 'answered', by: 'signal' }, 1);
    board.emit(1, verdict('live'), 1);
    expect(board.commands).toHaveLength(before);
    expect(bench.dialer.status().lateEvents).toBe(2);
  });

  test('a dead board is one line in the log, with the number of its channels', async () => {
    await bench.close();
    board = new ScriptedBoard(480);
    bench = new DialerBench(board);
    const said: object[] = [];
    const tell = (fields: object, message: string) => said.push({ ...fields, message });
    bench.dialer = bench.create(bench.journal, { ...silentLog, warn: tell, error: tell });
    bench.dialer.start();
    board.emit(1, { type: 'dead', reason: 'pulled out' }, 0);
    expect(bench.dialer.status().channels.outOfService).toBe(480);
    expect(said).toEqual([{ reason: 'pulled out', channels: 480, message: 'the board is dead' }]);
  });

  test('a dead board ends every call with one outcome and takes all channels away', async () => {
    await dial(request('a-1'), request('a-2'));
    answer(1);
    board.emit(1, { type: 'dead', reason: 'pulled out' }, 0);
    expect(bench.dialer.status()).toMatchObject({ board: 'dead', calls: 0, channels: { outOfService: 2 } });
    await bench.until(() => bench.ocs.ends('a-1').length + bench.ocs.ends('a-2').length === 2, 'outcomes');
    expect(bench.ocs.ends('a-1')[0]).toMatchObject({ status: 'abandoned', reason: 'board_dead' });
    expect(bench.ocs.ends('a-2')[0]).toMatchObject({ result: callResult.SystemError, status: 'dropped' });
  });
});

describe('the end of the day', () => {
  test('drain: nothing new, calls end, results are delivered; then it resolves', async () => {
    await dial(request('a-1'));
    let drained = false;
    const drain = bench.dialer.drain().then(() => {
      drained = true;
    });
    bench.ocs.offer(request('a-2'));
    await settle(20);
    expect(drained).toBe(false);
    // The pull that was under way may have brought it: then it went back.
    expect(board.did('seize')).toEqual([1]);
    if (bench.ocs.waiting === 0) expect(bench.ocs.ends('a-2')).toEqual([{ handBack: 'drain' }]);
    board.emit(1, { type: 'disconnected', cause: 17 });
    board.advance(1);
    await drain;
    expect(bench.ocs.ends('a-1')).toHaveLength(1);
    expect(bench.dialer.status().unacknowledged).toBe(0);
  });

  test('a hang-up while draining drops every call at once', async () => {
    await dial(request('a-1'), request('a-2', { announcement: 'sorry' }));
    answer(2);
    const drain = bench.dialer.drain();
    bench.dialer.hangup();
    expect(board.did('drop')).toEqual([1, 2]);
    board.advance(1);
    await drain;
    expect(bench.ocs.ends('a-1')[0]).toMatchObject({ status: 'dropped', reason: 'shutdown' });
    expect(bench.ocs.ends('a-2')[0]).toMatchObject({ status: 'abandoned', reason: 'shutdown' });
  });

  test('stop ends a drain that calls keep open', async () => {
    board.mute = true;
    await dial(request('a-1'));
    const drain = bench.dialer.drain();
    await bench.dialer.stop(0);
    await drain;
    expect(bench.dialer.status().mode).toBe('stopped');
  });

  test('stop can be called twice, and before start', async () => {
    await Promise.all([bench.dialer.stop(0), bench.dialer.stop(0)]);
    expect(bench.dialer.status().mode).toBe('stopped');
  });
});

describe('a test call', () => {
  test('is dialled through the dial plan, listens on, and tells what it hears; OCS hears nothing of it', async () => {
    bench.dialer.start();
    const events: TestCallEvent[] = [];
    const call = bench.dialer.testCall(
      '+1 202 555 0123',
      { mode: 'accurate_am_detection', holdMs: 2_000, channel: 2 },
      (event) => events.push(event),
    );
    expect(call.channel).toBe(2);
    board.advance(1);
    expect(board.commands.at(-1)).toMatchObject({ name: 'dial', to: '12025550123' });
    expect(bench.dialer.calls()[0]).toMatchObject({ test: true, number: '**********23', phase: 'dialling' });
    answer(2, verdict('machine'));
    board.advance(1_999);
    expect(board.did('drop')).toEqual([]);
    board.advance(2);
    const outcome = await call.done;
    expect(outcome).toMatchObject({ result: callResult.AnsweringMachine, status: 'dropped', reason: 'test' });
    expect(events.map((event) => event.kind)).toContain('board');
    expect(events.at(-1)).toMatchObject({ kind: 'end' });
    await settle();
    expect(bench.ocs.reports).toEqual([]);
    expect(bench.ocs.questions.every(({ active }) => active.length === 0)).toBe(true);
    expect(bench.dialer.calls()).toEqual([]);
  });

  test('ends without an attempt of the same text, which goes on', async () => {
    bench.dialer.start();
    const placed = bench.dialer.testCall('2025550123', { mode: 'accurate_am_detection' }, () => {});
    const id = bench.dialer.calls()[0]?.attemptId ?? '';
    expect(id).toMatch(/^test-[0-9a-f]{8}-1$/);
    await dial(request('test-1'), request(id));
    expect(bench.dialer.calls()).toHaveLength(3);
    placed.hangup();
    board.advance(1);
    await placed.done;
    await settle();
    const left = bench.dialer.calls().map(({ attemptId, test: isTest }) => [attemptId, isTest]);
    expect(left).toEqual([
      ['test-1', false],
      [id, false],
    ]);
  });

  test('with a tone plan that the board has not is refused before a channel is seized', async () => {
    await bench.close();
    open(2, { plans: ['US', 'GB'] });
    bench.dialer.start();
    const place = () => {
      bench.dialer.testCall('2025550123', { mode: 'accurate_am_detection', plan: 'XX' }, () => {});
    };
    expect(place).toThrow(
      expect.objectContaining({
        code: 'UNKNOWN_PLAN',
        field: 'plan',
        found: 'XX',
        expected: 'one of US, GB',
      }),
    );
    expect(board.commands).toEqual([]);
  });

  test('with a call analysis that the channel has not is refused before it is seized', async () => {
    await bench.close();
    open(2, {}, [
      ['board', 'ours'],
      ['board', 'ours', 'both'],
    ]);
    bench.dialer.start();
    const place = (channel?: number) =>
      bench.dialer.testCall(
        '2025550123',
        { mode: 'accurate_am_detection', cpa: 'both', ...(channel !== undefined && { channel }) },
        () => {},
      );
    expect(() => place(1)).toThrow(
      expect.objectContaining({
        code: 'NOT_SUPPORTED',
        field: 'cpa',
        found: 'both',
        expected: 'one of board, ours',
      }),
    );
    expect(board.commands).toEqual([]);
    expect(place().channel).toBe(2);
    expect(() => place()).toThrow(expect.objectContaining({ code: 'CHANNEL_BUSY' }));
  });

  test('to a number that may not be dialled, or without a free channel, is refused at once', async () => {
    await dial(request('a-1'), request('a-2'));
    const place = (to: string) => bench.dialer.testCall(to, { mode: 'accurate_am_detection' }, () => {});
    expect(() => place('19005550123')).toThrow(expect.objectContaining({ code: 'NUMBER_NOT_ALLOWED' }));
    expect(() => place('555T,!')).toThrow(expect.objectContaining({ code: 'BAD_NUMBER' }));
    expect(() => place('2025550123')).toThrow(expect.objectContaining({ code: 'CHANNEL_BUSY' }));
    expect(bench.dialer.calls()).toHaveLength(2);
  });
});

test('an announcement that is not configured does not keep the call: it is dropped, abandoned', async () => {
  await dial(request('a-1', { announcement: 'unknown' }), request('a-2', { announcement: 'sorry' }));
  answer(1);
  answer(2);
  await settle();
  board.advance(2_000);
  expect(board.did('drop')).toEqual([1]);
  expect(board.commands.at(-1)).toMatchObject({ name: 'play', channel: 2, to: '/announcements/sorry.wav' });
  board.advance(1);
  await bench.until(() => bench.ocs.ends('a-1').length === 1, 'outcome');
  expect(bench.ocs.ends('a-1')[0]).toMatchObject({ status: 'abandoned', reason: 'no_agent' });
});

test('an announcement that is not configured is warned of once, and counted', async () => {
  await bench.dialer.stop(0);
  const said: object[] = [];
  const unknown: string[] = [];
  const observer = { unknownAnnouncement: (name: string) => unknown.push(name) };
  bench = new DialerBench(board, { observer, ocs: bench.ocs, folder: bench.folder });
  const log = { ...silentLog, warn: (fields: object) => said.push(fields) };
  bench.dialer = bench.create(bench.journal, log);
  bench.ocs.offer(
    request('a-1', { announcement: 'sorry', campaign: 'c' }),
    request('a-2', { announcement: 'constructor', campaign: 'c' }),
  );
  bench.dialer.start();
  await bench.until(() => bench.dialer.calls().length === 2, 'taken');
  expect(said).toEqual([{ announcement: 'constructor', campaign: 'c' }]);
  bench.dialer.hangup();
  expect(unknown).toEqual(['constructor']);
});

test('the log tells both verdicts of a call that the board and our detector analysed', async () => {
  await bench.dialer.stop(0);
  bench = new DialerBench(board, { ocs: bench.ocs, folder: bench.folder });
  const said: Record<string, unknown>[] = [];
  bench.dialer = bench.create(bench.journal, {
    ...silentLog,
    info: (fields: object) => said.push(fields as Record<string, unknown>),
  });
  await dial(request('a-1'));
  const scores = { 'board:machine': 0.8, 'ours:machine': 0.9, voicing: 0.7 };
  answer(board.did('dial')[0] ?? 0, verdict('machine', { scores }));
  await bench.until(() => board.did('drop').length === 1, 'drop');
  board.advance(1);
  expect(said.find(({ result }) => result !== undefined)).toMatchObject({
    result: callResult.AnsweringMachine,
    analyses: ['board:machine', 'ours:machine'],
  });
});
