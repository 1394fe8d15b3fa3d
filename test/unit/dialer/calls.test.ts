import { describe, expect, test } from 'vitest';
import { isCheckOfLearnt } from '../../../src/domain/recording-lesson.ts';
import { callResult } from '../../../src/domain/result.ts';
import { verdict } from '../../support/dialer/call-script.ts';
import { DialerBench } from '../../support/dialer/bench.ts';
import {
  answer,
  bench,
  board,
  dial,
  ended,
  number,
  open,
  request,
  useBench,
} from '../../support/dialer/stage.ts';
import { settle } from '../../support/dialer/fake-ocs.ts';
import { ScriptedBoard } from '../../support/board/scripted-board.ts';
import { silentLog } from '../../support/silent-log.ts';

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

test('a machine gets its message, and the file that is not configured only costs the message', async () => {
  const message = { action: 'message', file: 'sorry', maxWaitMs: 30_000 } as const;
  await dial(
    request('a-1', { onMachine: message }),
    request('a-2', { onMachine: { ...message, file: 'unknown' } }),
  );
  answer(1, verdict('machine'));
  answer(2, verdict('machine'));
  expect(board.did('drop')).toEqual([2]);
  board.emit(1, {
    type: 'observation',
    observation: { kind: 'beep', startMs: 5_000, endMs: 5_400, hz: 1_000 },
  });
  expect(board.commands.at(-1)).toMatchObject({ name: 'play', channel: 1, to: '/announcements/sorry.wav' });
  board.emit(1, { type: 'observation', observation: { kind: 'speech_start', atMs: 6_000 } });
  board.emit(1, { type: 'observation', observation: { kind: 'speech_end', atMs: 6_500 } });
  expect(board.did('stopPlay')).toEqual([1]);
  board.emit(1, { type: 'played', completed: false });
  board.emit(1, {
    type: 'observation',
    observation: { kind: 'beep', startMs: 7_000, endMs: 7_400, hz: 1_000 },
  });
  expect(board.did('play')).toEqual([1, 1]);
  board.emit(1, { type: 'played', completed: true });
  expect(board.did('drop')).toEqual([2, 1]);
  board.advance(1);
  await bench.until(() => bench.ocs.ends('a-1').length + bench.ocs.ends('a-2').length === 2, 'outcomes');
  const machine = { result: callResult.AnsweringMachine, status: 'dropped' };
  expect(bench.ocs.ends('a-1')[0]).toMatchObject({ ...machine, reason: 'message_left' });
  expect(bench.ocs.ends('a-2')[0]).toMatchObject({ ...machine, reason: null });
});

test('a crash while a message is left: a machine, ended by the crash, and never dialled again', async () => {
  await dial(request('a-1', { onMachine: { action: 'message', file: 'sorry', maxWaitMs: 30_000 } }));
  answer(1, verdict('machine'));
  board.emit(1, {
    type: 'observation',
    observation: { kind: 'beep', startMs: 5_000, endMs: 5_400, hz: 1_000 },
  });
  expect(bench.dialer.calls()[0]?.phase).toBe('leaving_message');
  await settle();

  await bench.close(true);
  useBench(new DialerBench(new ScriptedBoard(2), { ocs: bench.ocs, folder: bench.folder }));
  bench.dialer.start();
  await bench.until(() => bench.ocs.ends('a-1').length === 1, 'outcome');
  expect(bench.ocs.ends('a-1')[0]).toMatchObject({ result: callResult.AnsweringMachine, reason: 'crash' });
  expect(board.did('dial')).toEqual([]);
});

test('a wish for Do Not Call is on the disk before anything else happens, and reaches an OCS that was away', async () => {
  await dial(
    request('a-1', { announcement: 'sorry', optOut: { key: '9', file: 'unknown' }, agentTimeoutMs: 0 }),
  );
  bench.ocs.down = true;
  answer(1);
  board.advance(0);
  await settle();
  expect(board.did('collectDigits')).toEqual([1]);
  board.emit(1, { type: 'digits', digits: '9', reason: 'count' });
  await settle();
  const written = () => bench.journal.unacknowledged(50, 100_000).map(({ kind }) => kind);
  expect(written()).toContain('do_not_call');
  // The confirmation is not configured: the wish counts all the same.
  expect(board.did('drop')).toEqual([1]);

  // The process dies here; the next one delivers what the journal has.
  await bench.close(true);
  const after = new DialerBench(new ScriptedBoard(2), { ocs: bench.ocs, folder: bench.folder });
  useBench(after);
  bench.ocs.down = false;
  bench.dialer.start();
  await bench.until(() => bench.ocs.ends('a-1').length === 1, 'outcome');
  expect(bench.ocs.story('a-1').map(({ kind }) => kind)).toContain('do_not_call');
});

test('an announcement that is not configured is warned of once, and counted', async () => {
  await bench.dialer.stop(0);
  const said: object[] = [];
  const unknown: string[] = [];
  const observer = { unknownAnnouncement: (name: string) => unknown.push(name) };
  useBench(new DialerBench(board, { observer, ocs: bench.ocs, folder: bench.folder }));
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
  useBench(new DialerBench(board, { ocs: bench.ocs, folder: bench.folder }));
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

test('learnt recordings are checked by the calls chosen for it, and only while recordings are learnt', async () => {
  const checks = 'a-47';
  const dialled = async (learns: boolean) => {
    await bench.close();
    const learning = { ended: () => undefined, told: () => undefined };
    open(2, { knownRecordings: { file: '/known', ...(learns ? { learning } : {}) } });
    await dial(request('a-1'), request(checks));
    return board.commands.filter(({ name }) => name === 'dial').map(({ parameters }) => parameters);
  };
  expect(isCheckOfLearnt('a-1')).toBe(false);
  expect(isCheckOfLearnt(checks)).toBe(true);
  const [other, checking] = await dialled(true);
  expect(other).toMatchObject({ recordings: '/known' });
  expect(other).not.toHaveProperty('checkLearnt');
  expect(checking).toMatchObject({ recordings: '/known', checkLearnt: true });
  for (const parameters of await dialled(false)) expect(parameters).not.toHaveProperty('checkLearnt');
});
