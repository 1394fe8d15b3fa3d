import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordStatus, recordType } from '../../../src/domain/record.ts';
import { callResult } from '../../../src/domain/result.ts';
import type { DialRequest } from '../../../src/domain/request.ts';
import type { Command } from '../../../src/link/schemas.ts';
import { openBench, outcome, type OcsBench, type TestDesktop } from '../../support/ocs/ocs.ts';
import { isOnFile } from '../../support/ocs/store-of-tests.ts';

let bench: OcsBench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

interface RecordView {
  record_status: number;
  record_type: number;
  call_result: number;
  attempt: number;
  due: number;
  treatments: object;
}
const record = (handle: number) => bench.api<RecordView>('GET', `/records/${String(handle)}`);
const attemptOf = (id: string) => bench.api('GET', `/attempts/${id}`);
const minutes = (count: number) => count * 60_000;

async function readyAgent(name = 'a1', extension = '2001', group = 'sales'): Promise<TestDesktop> {
  const desktop = await bench.desktop();
  await desktop.login(name, extension, group);
  await desktop.ask('Ready');
  return desktop;
}

/** A running campaign with this list. */
async function campaign(csv: string, more: object = {}): Promise<void> {
  const definition = { name: 'c', list: 'l', mode: 'progressive' as const, group: 'sales', ...more };
  await bench.load(definition, csv);
  await bench.start('c');
}

function only(requests: DialRequest[]): DialRequest {
  const [request] = requests;
  if (request === undefined || requests.length !== 1) throw new Error(`${String(requests.length)} requests`);
  return request;
}

describe('pulling', () => {
  it('gives one call for each ready agent, each record once, until the agents are used up', async () => {
    await campaign('phone\n5550101\n5550102\n5550103\n');
    await readyAgent('a1', '2001');
    await readyAgent('a2', '2002');
    const dialer = await bench.dialer();
    const first = (await dialer.pull()).requests;
    expect(first.map(({ number }) => number)).toEqual(['5550101', '5550102']);
    const active = first.map(({ attemptId }) => attemptId);
    expect((await dialer.pull({ active })).requests).toEqual([]);
  });

  it('keeps the requests of a tone plan for a dialler that knows it, and says so', async () => {
    await campaign('phone\n5550101\n', { plan: 'XX' });
    await readyAgent();
    const dialer = await bench.dialer('plain');
    expect((await dialer.pull()).requests).toEqual([]);
    const obstacles = async () => (await bench.api<{ obstacles: string[] }>('GET', '/campaigns/c')).obstacles;
    expect(await obstacles()).toEqual(['dialler plain does not support tone plan XX']);
    const other = await bench.dialer('other', { plans: ['US', 'XX'] });
    expect((await other.pull()).requests).toHaveLength(1);
    expect(await obstacles()).toEqual([]);
  });

  it('gives the requests of a call analysis to a dialler with lines that have it, the choice in the request', async () => {
    await campaign('phone\n5550101\n', { cpa: 'both' });
    await readyAgent();
    const dialer = await bench.dialer('plain', { cpa: ['board', 'ours'] });
    expect((await dialer.pull()).requests).toEqual([]);
    const { obstacles } = await bench.api<{ obstacles: string[] }>('GET', '/campaigns/c');
    expect(obstacles).toEqual(['dialler plain has no line with call analysis both']);
    const other = await bench.dialer('other', { cpa: ['board', 'ours', 'both'] });
    expect((await other.pull()).requests).toMatchObject([{ cpa: 'both' }]);
  });

  it('gives no more than the free channels and nothing before the start', async () => {
    await bench.load(
      { name: 'c', list: 'l', mode: 'progressive', group: 'sales' },
      'phone\n5550101\n5550102\n',
    );
    await readyAgent('a1', '2001');
    await readyAgent('a2', '2002');
    const dialer = await bench.dialer();
    expect((await dialer.pull()).requests).toEqual([]);
    await bench.start('c');
    expect((await dialer.pull({ free: 0 })).requests).toEqual([]);
    expect((await dialer.pull({ free: 1 })).requests).toHaveLength(1);
  });

  it('wakes a long poll when an agent becomes ready', async () => {
    await campaign('phone\n5550101\n');
    const dialer = await bench.dialer();
    const poll = dialer.pull({ waitMs: 20_000 });
    await readyAgent();
    expect((await poll).requests).toHaveLength(1);
  });

  it('ends an empty long poll after its time', async () => {
    const dialer = await bench.dialer();
    const poll = dialer.pull({ waitMs: 10_000 });
    await bench.api('GET', '/diallers');
    while (!(await heldPoll())) await bench.api('GET', '/diallers');
    bench.wire.advance(10_000);
    expect(await poll).toEqual({ requests: [], commands: [] });
  });

  /** The poll has arrived once its dialler's free channels are known. */
  async function heldPoll(): Promise<boolean> {
    const { diallers: dialers } = await bench.api<{ diallers: { free: number }[] }>('GET', '/diallers');
    return dialers[0]?.free === 30;
  }

  it('sends a request again when the dialler does not name it, and to no other dialler', async () => {
    await campaign('phone\n5550101\n5550102\n');
    await readyAgent();
    const dialer = await bench.dialer();
    const request = only((await dialer.pull()).requests);
    const other = await bench.dialer('dialler-2');
    expect((await other.pull()).requests).toEqual([]);
    expect(only((await dialer.pull()).requests)).toEqual(request);
    await dialer.report({ kind: 'accepted', attemptId: request.attemptId, seq: 1 });
    expect((await dialer.pull()).requests).toEqual([]);
  });

  it('answers an unknown session so that the dialler registers again', async () => {
    const dialer = await bench.dialer();
    await bench.dialer();
    const reply = await dialer.post<{ error: { code: string } }>('/pull', {
      dialerId: 'dialler-1',
      sessionId: dialer.sessionId,
      free: 1,
      channels: { inService: 1, busy: 0 },
      waitMs: 0,
      active: [],
    });
    expect(reply).toMatchObject({ status: 409, body: { error: { code: 'UNKNOWN_DIALER' } } });
  });

  it('names the field of a message that is wrong', async () => {
    const dialer = await bench.dialer();
    const reply = await dialer.post('/pull', {
      dialerId: 'dialler-1',
      sessionId: dialer.sessionId,
      free: -1,
    });
    expect(reply).toMatchObject({
      status: 422,
      body: { error: { code: 'BAD_MESSAGE', field: 'free', found: -1 } },
    });
  });

  it('leaves campaigns alone that the dialler cannot serve', async () => {
    await campaign('phone\n5550101\n');
    await readyAgent();
    const dialer = await bench.dialer('d', { handoff: ['engaged'] });
    expect((await dialer.pull()).requests).toEqual([]);
  });
});

describe('reports', () => {
  let request: DialRequest;
  let dialer: Awaited<ReturnType<OcsBench['dialer']>>;
  beforeEach(async () => {
    await campaign('phone\n5550101\n', {
      treatments: [{ result: 'Busy', retryMinutes: 30, retries: 1, then: 'mark' }],
    });
    await readyAgent();
    dialer = await bench.dialer();
    request = only((await dialer.pull()).requests);
  });

  it('are harmless twice', async () => {
    const { attemptId } = request;
    const end = { kind: 'outcome', attemptId, seq: 2, outcome: outcome('Busy') } as const;
    await dialer.report({ kind: 'accepted', attemptId, seq: 1 }, end);
    const before = await record(request.recordHandle);
    bench.clock.advance(1_000);
    const again = await dialer.report({ kind: 'accepted', attemptId, seq: 1 }, end, { ...end, seq: 3 });
    expect(again.refused).toEqual([]);
    expect(again.accepted).toHaveLength(3);
    expect(await record(request.recordHandle)).toEqual(before);
    expect(await bench.api('GET', '/campaigns/c')).toMatchObject({ results: { Busy: 1 }, attempts: 1 });
  });

  it('refuses a second end that says otherwise, and takes the others of the batch', async () => {
    const { attemptId } = request;
    await dialer.report({ kind: 'outcome', attemptId, seq: 2, outcome: outcome('Busy') });
    const reply = await dialer.report(
      { kind: 'outcome', attemptId, seq: 3, outcome: outcome('NoAnswer') },
      { kind: 'hand_back', attemptId, seq: 4, reason: 'drain' },
      { kind: 'milestone', attemptId, seq: 5, name: 'released', atMs: 1 },
      { kind: 'accepted', attemptId: 'nobody', seq: 1 },
    );
    expect(reply.refused.map(({ seq, code }) => [seq, code])).toEqual([
      [3, 'ILLEGAL_STATE'],
      [4, 'ILLEGAL_STATE'],
      [1, 'UNKNOWN_ATTEMPT'],
    ]);
    expect(reply.accepted).toEqual([{ attemptId, seq: 5 }]);
    expect(await attemptOf(attemptId)).toMatchObject({ result: callResult.Busy, ended_by: 'outcome' });
  });

  it('of another dialler are refused', async () => {
    const other = await bench.dialer('dialler-2');
    const reply = await other.report({ kind: 'accepted', attemptId: request.attemptId, seq: 1 });
    expect(reply.refused).toMatchObject([{ code: 'UNKNOWN_ATTEMPT' }]);
  });

  it('treat a busy number: again in 30 minutes, then marked', async () => {
    await dialer.report({ kind: 'outcome', attemptId: request.attemptId, seq: 1, outcome: outcome('Busy') });
    expect(await record(request.recordHandle)).toMatchObject({
      record_status: recordStatus.Ready,
      record_type: recordType.CampaignRescheduled,
      call_result: callResult.Busy,
      due: bench.clock.now() + minutes(30),
    });
    expect((await dialer.pull()).requests).toEqual([]);
    bench.clock.advance(minutes(30));
    const second = only((await dialer.pull()).requests);
    expect(second.attemptId).not.toBe(request.attemptId);
    await dialer.report({ kind: 'outcome', attemptId: second.attemptId, seq: 1, outcome: outcome('Busy') });
    expect(await record(request.recordHandle)).toMatchObject({
      record_status: recordStatus.Updated,
      call_result: callResult.Busy,
      attempt: 2,
    });
    expect(await bench.api('GET', '/campaigns/c')).toMatchObject({ finished: true, records: { left: 0 } });
  });

  it('give a request that was handed back out anew, as another attempt that does not count twice', async () => {
    await dialer.report({ kind: 'hand_back', attemptId: request.attemptId, seq: 1, reason: 'glare' });
    bench.clock.advance(2_000);
    const anew = only((await dialer.pull()).requests);
    expect(anew.attemptId).not.toBe(request.attemptId);
    expect(anew.recordHandle).toBe(request.recordHandle);
    expect(await record(request.recordHandle)).toMatchObject({ attempt: 1 });
  });

  it('end an attempt nobody speaks of as Stale; a later outcome corrects it', async () => {
    const { attemptId, recordHandle } = request;
    await dialer.report({ kind: 'accepted', attemptId, seq: 1 });
    bench.wire.advance(200_000);
    await dialer.pull({ active: [attemptId] });
    bench.wire.advance(200_000);
    bench.clock.advance(1_000);
    expect(await attemptOf(attemptId)).toMatchObject({ ended_by: null });
    bench.wire.advance(200_000);
    bench.clock.advance(1_000);
    expect(await attemptOf(attemptId)).toMatchObject({ ended_by: 'stale', result: callResult.Stale });
    expect(await record(recordHandle)).toMatchObject({
      record_status: recordStatus.Stale,
      call_result: callResult.Stale,
    });

    const reply = await dialer.report({ kind: 'outcome', attemptId, seq: 2, outcome: outcome('NoAnswer') });
    expect(reply.refused).toEqual([]);
    expect(await attemptOf(attemptId)).toMatchObject({ ended_by: 'outcome', result: callResult.NoAnswer });
    expect(await record(recordHandle)).toMatchObject({
      record_status: recordStatus.Updated,
      call_result: callResult.NoAnswer,
    });
  });

  it('survive a restart of OCS: the campaign runs on, the attempt stays with its dialler', async () => {
    const { attemptId, recordHandle } = request;
    await dialer.report({ kind: 'accepted', attemptId, seq: 1 });
    bench = await bench.restart();
    expect(await bench.api('GET', '/campaigns/c')).toMatchObject({
      state: 'running',
      calls: { dialling: 1 },
    });
    const back = await bench.dialer();
    expect((await back.pull({ active: [attemptId] })).requests).toEqual([]);
    const reply = await back.report({ kind: 'outcome', attemptId, seq: 2, outcome: outcome('Fax') });
    expect(reply.accepted).toHaveLength(1);
    expect(await record(recordHandle)).toMatchObject({ call_result: callResult.Fax });
  });
});

describe('choosing records', () => {
  const numbers = async (csv: string, more: object = {}, agents = 5) => {
    await campaign(csv, more);
    for (let n = 0; n < agents; n += 1) await readyAgent(`a${String(n)}`, `20${String(10 + n)}`);
    return (await (await bench.dialer()).pull()).requests.map(({ number }) => number as string);
  };

  it('keeps to the daily window in the zone of the record', async () => {
    // It is 17:00 UTC: noon in New York, 18:00 in Berlin, 02:00 in Tokyo.
    const csv =
      'phone,tz,daily_from,daily_till\n' +
      '5550101,America/New_York,,\n' +
      '5550102,Asia/Tokyo,,\n' +
      '5550103,Europe/Berlin,09:00,18:00\n' +
      '5550104,Europe/Berlin,09:00,18:01\n' +
      '5550105,,,\n';
    const found = await numbers(csv, { dailyWindow: { from: '08:00', till: '17:00', tz: 'UTC' } });
    expect(found.sort()).toEqual(['5550101', '5550104']);
    bench.clock.advance(minutes(60 * 15));
    const later = (await (await bench.dialer('late')).pull()).requests.map(({ number }) => number as string);
    expect(later.sort()).toEqual(['5550103', '5550105']);
  });

  it('calls callbacks before general records and none that is not due', async () => {
    const csv =
      'phone,record_type,dial_sched_time\n5550101,2,\n5550102,6,2026-01-05 16:00\n5550103,6,2026-01-05 18:00\n';
    expect(await numbers(csv)).toEqual(['5550102', '5550101']);
  });

  it('does not call who is on the Do Not Call list, by phone or customer', async () => {
    await bench.api('POST', '/dnc', { phone: '+555-0101' });
    await bench.api('POST', '/dnc', { customerId: 'K2' });
    const csv = 'record_id,phone,customer_id\n1,5550101,K1\n2,5550102,K2\n3,5550103,K3\n';
    expect(await numbers(csv)).toEqual(['5550103']);
    for (const handle of [1, 2]) {
      expect(await record(handle)).toMatchObject({
        record_type: recordType.NoCall,
        call_result: callResult.DoNotCall,
        attempt: 0,
      });
    }
  });

  it.runIf(isOnFile)('gets past any number of forbidden records', async () => {
    const lines = Array.from({ length: 1_000 }, (_, n) => String(5_550_000 + n));
    const database = new Database(bench.database);
    const forbid = database.prepare('insert into dnc (phone, phone_key, created_at) values (?, ?, 0)');
    database.transaction(() => lines.slice(0, 999).forEach((phone) => forbid.run(phone, phone)))();
    database.close();
    await campaign(`phone\n${lines.join('\n')}\n`);
    const dialer = await bench.dialer();
    await readyAgent();
    const { requests } = await dialer.pull({ waitMs: 20_000 });
    expect(requests.map(({ number }) => number)).toEqual(['5550999']);
  });

  it('never has one number in two calls, whatever the list', async () => {
    const found = await numbers('phone\n5550101\n');
    expect(found).toEqual(['5550101']);
    await bench.load(
      { name: 'd', list: 'other', mode: 'progressive', group: 'sales' },
      'phone\n5550101\n5550102\n',
    );
    await bench.start('d');
    const second = (await (await bench.dialer('d2')).pull()).requests;
    expect(second.map(({ number }) => number)).toEqual(['5550102']);
  });

  it('goes on to the next number of the chain, and closes the chain with success', async () => {
    const csv = 'record_id,chain_id,chain_n,phone\n1,9,0,5550101\n2,9,1,5550102\n3,9,2,5550103\n';
    expect(await numbers(csv, { handoff: { kind: 'destination', extension: '8000' } })).toEqual(['5550101']);
    const dialer = await bench.dialer();
    const { attempts } = await bench.api<{ attempts: { attempt_id: string }[] }>('GET', '/attempts');
    const attemptId = attempts[0]?.attempt_id ?? '';
    await dialer.report({ kind: 'outcome', attemptId, seq: 1, outcome: outcome('NoAnswer') });
    const next = only((await dialer.pull()).requests);
    expect(next.number).toBe('5550102');
    await dialer.report({
      kind: 'outcome',
      attemptId: next.attemptId,
      seq: 1,
      outcome: outcome('Answer', { status: 'transferred' }),
    });
    expect(await record(1)).toMatchObject({ record_status: recordStatus.Updated, call_result: 7 });
    expect(await record(2)).toMatchObject({ record_status: recordStatus.Updated, call_result: 33 });
    expect(await record(3)).toMatchObject({ record_status: recordStatus.ChainUpdated });
  });

  it('lets a number rest after an abandoned call', async () => {
    await campaign('phone\n5550101\n', {
      redialBlockHours: { abandoned: 72 },
      dailyWindow: { from: 0, till: '24:00', tz: 'UTC' },
      treatments: [{ result: 'Abandoned', retryMinutes: 10, retries: 1 }],
    });
    await readyAgent();
    const dialer = await bench.dialer();
    const { attemptId } = only((await dialer.pull()).requests);
    await dialer.report({
      kind: 'outcome',
      attemptId,
      seq: 1,
      outcome: outcome('Answer', { status: 'abandoned' }),
    });
    expect(await bench.api('GET', '/campaigns/c')).toMatchObject({ abandoned: 1, abandonedRatePct: 100 });
    bench.clock.advance(minutes(60));
    expect((await dialer.pull()).requests).toEqual([]);
    bench.clock.advance(minutes(71 * 60));
    expect((await dialer.pull()).requests).toHaveLength(1);
  });
});

describe('agents for calls', () => {
  it('are taken in the order of their idle time and go back when the call never came', async () => {
    await campaign('phone\n5550101\n5550102\n');
    const first = await readyAgent('a1', '2001');
    bench.clock.advance(1_000);
    await readyAgent('a2', '2002');
    const dialer = await bench.dialer();
    const [one, two] = (await dialer.pull()).requests;
    const ask = async (request: DialRequest | undefined, failed?: string[]) =>
      (await dialer.agent(request?.attemptId ?? '', failed)).agent?.agentId;
    expect(await ask(one)).toBe('a1');
    expect(await ask(one)).toBe('a1');
    expect(await ask(two)).toBe('a2');
    await first.event('CallArriving');
    const attemptId = one?.attemptId ?? '';
    await dialer.report({
      kind: 'outcome',
      attemptId,
      seq: 1,
      outcome: outcome('Answer', { status: 'released' }),
    });
    expect(await first.event('CallEnded')).toMatchObject({ GSW_CALL_STATUS: 'released' });
    expect(await bench.api('GET', '/campaigns/c')).toMatchObject({ agents: { ready: 1, reserved: 1 } });
  });

  it('are none when all are busy; the dialler is told when to ask again', async () => {
    await campaign('phone\n5550101\n5550102\n');
    const desktop = await readyAgent();
    const dialer = await bench.dialer();
    const { attemptId } = only((await dialer.pull()).requests);
    await desktop.ask('NotReady');
    expect(await dialer.agent(attemptId)).toEqual({ agent: null, retryMs: 200 });
  });

  it('are named anew when a telephone did not take the call', async () => {
    await campaign('phone\n5550101\n');
    const first = await readyAgent('a1', '2001');
    bench.clock.advance(1_000);
    await readyAgent('a2', '2002');
    const dialer = await bench.dialer();
    const { attemptId } = only((await dialer.pull()).requests);
    expect((await dialer.agent(attemptId)).agent?.agentId).toBe('a1');
    expect((await dialer.agent(attemptId, ['a1'])).agent?.agentId).toBe('a2');
    expect(await first.event('CallEnded')).toMatchObject({ GSW_CALL_STATUS: 'not_taken' });
    const { agents } = await bench.api<{ agents: { agentId: string; state: string }[] }>('GET', '/agents');
    expect(agents.map(({ agentId, state }) => `${agentId} ${state}`)).toEqual([
      'a1 not_ready',
      'a2 reserved',
    ]);
  });

  const stateOfAll = async () => {
    const { agents } = await bench.api<{ agents: { agentId: string; state: string }[] }>('GET', '/agents');
    return agents.map(({ agentId, state }) => `${agentId} ${state}`).join();
  };

  it('are free again when the call gave up before it heard their name', async () => {
    await campaign('phone\n5550101\n');
    const desktop = await readyAgent();
    const dialer = await bench.dialer();
    const { attemptId } = only((await dialer.pull()).requests);
    expect((await dialer.agent(attemptId)).agent?.agentId).toBe('a1');
    expect(await stateOfAll()).toBe('a1 reserved');
    const gaveUp = outcome('Answer', { status: 'abandoned', milestones: { answered: 1 } });
    await dialer.report({ kind: 'outcome', attemptId, seq: 1, outcome: gaveUp });
    expect(await desktop.event('CallEnded')).toMatchObject({ GSW_CALL_STATUS: 'abandoned' });
    expect(await stateOfAll()).toBe('a1 ready');
    // The question that was under way all the while reserves nobody.
    await dialer.agent(attemptId);
    expect(await stateOfAll()).toBe('a1 ready');
  });

  it('are free again when the dialler is lost that wanted them, and when it comes back', async () => {
    await campaign('phone\n5550101\n');
    const desktop = await readyAgent();
    const dialer = await bench.dialer();
    const { attemptId } = only((await dialer.pull()).requests);
    await dialer.agent(attemptId);
    // The desktop is alive: its answer to each ping comes before its answer to the question.
    for (const ms of [10_000, 10_000, 10_000]) {
      bench.wire.advance(ms);
      await desktop.ask('CampaignStatusRequest');
    }
    bench.clock.advance(500);
    expect(await stateOfAll()).toBe('a1 reserved');
    bench.wire.advance(1);
    bench.clock.advance(500);
    expect(await desktop.event('CallEnded')).toMatchObject({ GSW_CALL_STATUS: 'dialler_lost' });
    expect(await stateOfAll()).toBe('a1 ready');
    // It was only the link: the call reached the agent all the same.
    await dialer.report({ kind: 'connected', attemptId, seq: 1, agentId: 'a1', extension: '2001' });
    await desktop.event('CallConnected');
    expect(await stateOfAll()).toBe('a1 busy');
  });

  it('have their legs brought up in seizing modes, and calls only for those that are up', async () => {
    await campaign('phone\n5550101\n', {
      mode: 'progressive_with_seizing',
      handoff: { kind: 'engaged', group: 'sales' },
    });
    const desktop = await readyAgent();
    const dialer = await bench.dialer('d', { handoff: ['engaged'] });
    const first = await dialer.pull();
    expect(first.requests).toEqual([]);
    const engage = first.commands[0] as Extract<Command, { kind: 'engage' }>;
    expect(engage).toMatchObject({ kind: 'engage', agentId: 'a1', extension: '2001', group: 'sales' });
    await dialer.post('/reports', {
      dialerId: 'd',
      sessionId: dialer.sessionId,
      reports: [],
      engagements: [{ engagementId: engage.engagementId, state: 'up', reason: null }],
    });
    const request = only((await dialer.pull()).requests);
    const { attemptId, recordHandle } = request;
    // The dialler joins the leg it has; the record comes with the call.
    await dialer.report({ kind: 'connected', attemptId, seq: 1, agentId: 'a1', extension: null });
    await desktop.event('CallArriving');
    await desktop.event('CallConnected');
    const ended = outcome('Answer', { status: 'transferred', agentId: 'a1' });
    await dialer.report({ kind: 'outcome', attemptId, seq: 2, outcome: ended });
    await desktop.event('CallEnded');
    expect(await bench.api('GET', '/campaigns/c')).toMatchObject({ agents: { wrap_up: 1 } });
    await desktop.ask('RecordProcessed', { GSW_RECORD_HANDLE: recordHandle });
    await desktop.ask('LogOut');
    const { commands } = await dialer.pull({ active: [] });
    expect(commands).toEqual([{ kind: 'disengage', engagementId: engage.engagementId }]);
  });
});

describe('stopping', () => {
  it('hands back what is not dialled and finishes the rest', async () => {
    await campaign('phone\n5550101\n');
    await readyAgent();
    const dialer = await bench.dialer();
    const { attemptId } = only((await dialer.pull()).requests);
    expect(await bench.api('POST', '/campaigns/c/stop')).toMatchObject({ state: 'active' });
    expect(await dialer.pull({ active: [attemptId] })).toEqual({
      requests: [],
      commands: [{ kind: 'drain', campaign: 'c' }],
    });
    expect(await bench.api('POST', '/campaigns/c/unload')).toMatchObject({ state: 'waiting_to_unload' });
    await dialer.report({ kind: 'hand_back', attemptId, seq: 1, reason: 'drain' });
    bench.clock.advance(1_000);
    expect(await bench.api('GET', '/campaigns/c')).toMatchObject({ error: { code: 'UNKNOWN_CAMPAIGN' } });
    expect(await record(1)).toMatchObject({ record_status: recordStatus.Ready, attempt: 0 });
  });

  it('cancels calls in a forced unload, and says so until it is done', async () => {
    await campaign('phone\n5550101\n');
    await readyAgent();
    const dialer = await bench.dialer();
    const { attemptId } = only((await dialer.pull()).requests);
    await bench.api('POST', '/campaigns/c/unload?force=1');
    const cancel = { kind: 'cancel', attemptId };
    const active = [attemptId];
    expect((await dialer.pull({ active })).commands).toContainEqual(cancel);
    expect((await dialer.pull({ active })).commands).toEqual([]);
    bench.wire.advance(5_000);
    // The drain comes first: what was never dialled is handed back, its record is kept.
    const drain = { kind: 'drain', campaign: 'c' };
    expect((await dialer.pull({ active })).commands).toEqual([drain, cancel]);
  });
});
