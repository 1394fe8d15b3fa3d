import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordStatus } from '../../../src/domain/record.ts';
import { callResult } from '../../../src/domain/result.ts';
import type { DialRequest } from '../../../src/domain/request.ts';
import type { PullReply } from '../../../src/link/schemas.ts';
import {
  openBench,
  outcome,
  type OcsBench,
  type TestDesktop,
  type TestDialer,
} from '../../support/ocs/ocs.ts';

let bench: OcsBench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

const record = (handle: number) =>
  bench.api<{ record_status: number; call_result: number; due: number; user_fields: object }>(
    'GET',
    `/records/${String(handle)}`,
  );

async function readyAgent(name = 'a1', extension = '2001'): Promise<TestDesktop> {
  const desktop = await bench.desktop();
  await desktop.login(name, extension, 'sales');
  await desktop.ask('Ready');
  return desktop;
}

/** A running campaign with this list. */
async function campaign(csv: string, more: object = {}): Promise<void> {
  const definition = { name: 'c', list: 'l', mode: 'progressive' as const, group: 'sales', ...more };
  await bench.load(definition, csv);
  await bench.start('c');
}

function only({ requests }: PullReply): DialRequest {
  const [request] = requests;
  if (request === undefined || requests.length !== 1) throw new Error(`${String(requests.length)} requests`);
  return request;
}

describe('a request whose pull reply was lost', () => {
  it('is not dialled after its campaign was stopped: it goes out once more only to be handed back', async () => {
    await campaign('phone\n5550101\n');
    await readyAgent();
    const dialer = await bench.dialer();
    const lost = only(await dialer.pull());
    await bench.api('POST', '/campaigns/c/stop');
    // This reply is lost as well, and the order to hand back with it.
    await dialer.pull();
    const again = await dialer.pull();
    expect(only(again).attemptId).toBe(lost.attemptId);
    expect(again.commands).toContainEqual({ kind: 'drain', campaign: 'c' });
  });

  it('is not dialled outside the daily window', async () => {
    await campaign('phone\n5550101\n', { dailyWindow: { from: '08:00', till: '18:00', tz: 'UTC' } });
    await readyAgent();
    const dialer = await bench.dialer();
    only(await dialer.pull());
    bench.clock.advance(3_600_000);
    expect((await dialer.pull()).commands).toContainEqual({ kind: 'drain', campaign: 'c' });
  });

  it('is not dialled once its number is on the Do Not Call list', async () => {
    await campaign('phone\n5550101\n');
    await readyAgent();
    const dialer = await bench.dialer();
    const { attemptId } = only(await dialer.pull());
    await bench.api('POST', '/dnc', { phone: '5550101' });
    const cancel = { kind: 'cancel', attemptId };
    expect((await dialer.pull()).commands).toContainEqual(cancel);
    expect((await dialer.pull()).commands).toContainEqual(cancel);
  });

  it('is not dialled once its record was cancelled', async () => {
    await campaign('phone\n5550101\n');
    await readyAgent();
    const dialer = await bench.dialer();
    const { attemptId, recordHandle } = only(await dialer.pull());
    await bench.api('POST', `/records/${String(recordHandle)}/cancel`);
    const cancel = { kind: 'cancel', attemptId };
    expect((await dialer.pull()).commands).toContainEqual(cancel);
    expect((await dialer.pull()).commands).toContainEqual(cancel);
  });
});

describe('a stopped campaign', () => {
  it('has its undialled requests called back until they are back or dialled', async () => {
    await campaign('phone\n5550101\n5550102\n');
    await readyAgent('a1', '2001');
    await readyAgent('a2', '2002');
    let dialer = await bench.dialer();
    const active = (await dialer.pull()).requests.map(({ attemptId }) => attemptId);
    const [one = '', two = ''] = active;
    for (const attemptId of active) await dialer.report({ kind: 'accepted', attemptId, seq: 1 });
    const commands = async () => (await dialer.pull({ active })).commands;
    const drain = { kind: 'drain', campaign: 'c' };
    expect(await commands()).toEqual([]);

    await bench.api('POST', '/campaigns/c/stop');
    expect(await commands()).toEqual([drain]);
    expect(await commands()).toEqual([]);
    bench.wire.advance(5_000);
    expect(await commands()).toEqual([drain]);

    await dialer.report({ kind: 'hand_back', attemptId: one, seq: 2, reason: 'drain' });
    bench = await bench.restart();
    dialer = await bench.dialer();
    expect(await commands()).toEqual([drain]);

    await dialer.report({ kind: 'milestone', attemptId: two, seq: 2, name: 'dialling', atMs: 5 });
    bench.wire.advance(5_000);
    expect(await commands()).toEqual([]);
  });

  it('that is started again calls nothing back', async () => {
    await campaign('phone\n5550101\n');
    await readyAgent();
    const dialer = await bench.dialer();
    const { attemptId } = only(await dialer.pull());
    await bench.api('POST', '/campaigns/c/stop');
    await bench.api('POST', '/campaigns/c/start');
    expect((await dialer.pull({ active: [attemptId] })).commands).toEqual([]);
  });
});

describe('a record cancelled while its call is up', () => {
  it('is not dialled again, however the call ended', async () => {
    await campaign('phone\n5550101\n', { treatments: [{ result: 'Busy', retryMinutes: 5, retries: 3 }] });
    await readyAgent();
    const dialer = await bench.dialer();
    const { attemptId, recordHandle } = only(await dialer.pull());
    await bench.api('POST', `/records/${String(recordHandle)}/cancel`);
    await dialer.report({ attemptId, seq: 1, kind: 'outcome', outcome: outcome('Busy') });
    expect((await record(recordHandle)).record_status).toBe(recordStatus.Cancelled);
  });
});

describe('a number that must not be called any more while it is being dialled', () => {
  const list = 'record_id,phone,customer_id\n1,5550101,K1\n';
  const treatments = [{ result: 'Busy', retryMinutes: 5, retries: 3 }];
  const cancelled = outcome('Unknown', { status: 'cancelled' });
  let desktop: TestDesktop;
  let dialer: TestDialer;
  let attemptId: string;
  beforeEach(async () => {
    await campaign(list, { treatments });
    desktop = await readyAgent();
    dialer = await bench.dialer();
    ({ attemptId } = only(await dialer.pull()));
    await dialer.report({ kind: 'accepted', attemptId, seq: 1 });
  });
  const commands = async () => (await dialer.pull({ active: [attemptId] })).commands;

  const doNotCall: [string, () => Promise<unknown>][] = [
    ['desktop', () => desktop.ask('DoNotCall', { GSW_CUSTOMER_ID: 'K1' })],
    ['API', () => bench.api('POST', '/dnc', { phone: '555-0101' })],
    ['import', () => bench.api('POST', '/dnc/import', 'phone,customer_id\n,K1\n')],
  ];
  it.each(doNotCall)('has its call ended by Do Not Call (%s)', async (_by, say) => {
    await say();
    expect(await commands()).toEqual([{ kind: 'cancel', attemptId }]);
    await dialer.report({ kind: 'outcome', attemptId, seq: 2, outcome: cancelled });
    expect(await record(1)).toMatchObject({
      record_status: recordStatus.Updated,
      call_result: callResult.DoNotCall,
    });
  });

  it.each<Record<string, string>>([{ GSW_PHONE: '555-0101' }, { GSW_CUSTOMER_ID: 'K1' }])(
    'has its call ended by RecordCancel of %o, once',
    async (whom) => {
      expect(await desktop.ask('RecordCancel', whom)).toMatchObject({ GSW_RECORDS: 1 });
      expect(await desktop.ask('RecordCancel', whom)).toMatchObject({ GSW_RECORDS: 0 });
      expect(await commands()).toEqual([{ kind: 'cancel', attemptId }]);
      await dialer.report({ kind: 'outcome', attemptId, seq: 2, outcome: outcome('Busy') });
      expect((await record(1)).record_status).toBe(recordStatus.Cancelled);
    },
  );

  it('keeps a call that somebody answered, and is not called again when no agent got it', async () => {
    await dialer.report({ kind: 'milestone', attemptId, seq: 2, name: 'answered', atMs: 9 });
    await bench.api('POST', '/dnc', { phone: '5550101' });
    expect(await commands()).toEqual([]);
    await dialer.report({ kind: 'outcome', attemptId, seq: 3, outcome: outcome('Busy') });
    expect((await record(1)).call_result).toBe(callResult.DoNotCall);
  });

  it('leaves the calls of others alone', async () => {
    await bench.api('POST', '/dnc', { phone: '5550102' });
    await desktop.ask('RecordCancel', { GSW_CUSTOMER_ID: 'K2' });
    expect(await commands()).toEqual([]);
  });
});

describe('an agent whose reservation OCS forgot in a restart', () => {
  /** The dialler brings the call to the agent while nobody is logged in. */
  async function connectedInRestart(): Promise<DialRequest> {
    await campaign('phone\n5550101\n');
    await readyAgent();
    const request = only(await (await bench.dialer()).pull());
    const { attemptId } = request;
    bench = await bench.restart();
    const dialer = await bench.dialer();
    await dialer.report({ kind: 'connected', attemptId, seq: 1, agentId: 'a1', extension: '2001' });
    return request;
  }
  const ended = outcome('Answer', { status: 'transferred', agentId: 'a1' });

  it('has the record when it logs in again, and closes it as it likes', async () => {
    const { attemptId, recordHandle: handle } = await connectedInRestart();
    const dialer = await bench.dialer();
    await dialer.report({ kind: 'outcome', attemptId, seq: 2, outcome: ended });
    const desktop = await bench.desktop();
    await desktop.login('a1', '2001', 'sales');
    expect(await desktop.event('CallEnded')).toMatchObject({ GSW_RECORD_HANDLE: handle });
    const reply = await desktop.ask('DoNotCall', { GSW_RECORD_HANDLE: handle });
    expect(reply.GSW_USER_EVENT).toBe('DoNotCallAcknowledge');
    expect((await record(handle)).call_result).toBe(callResult.DoNotCall);
  });

  it('is shown the call that is still up', async () => {
    const { recordHandle } = await connectedInRestart();
    const desktop = await bench.desktop();
    await desktop.login('a1', '2001', 'sales');
    expect(await desktop.event('CallConnected')).toMatchObject({ GSW_RECORD_HANDLE: recordHandle });
  });

  it('has its time of grace; then the record is closed as an Answer', async () => {
    const { attemptId, recordHandle } = await connectedInRestart();
    const dialer = await bench.dialer();
    await dialer.report({ kind: 'outcome', attemptId, seq: 2, outcome: ended });
    bench.clock.advance(59_000);
    expect((await record(recordHandle)).record_status).toBe(recordStatus.Retrieved);
    bench.clock.advance(1_000);
    const closed = { record_status: recordStatus.Updated, call_result: callResult.Answer };
    expect(await record(recordHandle)).toMatchObject(closed);
  });
});

describe('a cancel', () => {
  it('outlives a restart of OCS: it is said again, and its record is not dialled again', async () => {
    await campaign('phone\n5550101\n', { treatments: [{ result: 'Busy', retryMinutes: 5, retries: 3 }] });
    await readyAgent();
    const { attemptId, recordHandle } = only(await (await bench.dialer()).pull());
    await bench.api('POST', `/records/${String(recordHandle)}/cancel`);
    bench = await bench.restart();
    const dialer = await bench.dialer();
    const reply = await dialer.pull({ active: [attemptId] });
    expect(reply).toEqual({ requests: [], commands: [{ kind: 'cancel', attemptId }] });
    await dialer.report({ kind: 'outcome', attemptId, seq: 1, outcome: outcome('Busy') });
    expect((await record(recordHandle)).record_status).toBe(recordStatus.Cancelled);
  });
});

describe('an engaged agent whose desktop comes back', () => {
  it('keeps its leg: its telephone is not rung a second time', async () => {
    const engaged = { mode: 'progressive_with_seizing', handoff: { kind: 'engaged', group: 'sales' } };
    await campaign('phone\n5550101\n', engaged);
    const desktop = await readyAgent();
    const dialer = await bench.dialer('dialler-1', { handoff: ['engaged'] });
    const [engage] = (await dialer.pull()).commands;
    if (engage?.kind !== 'engage') throw new Error('no leg asked for');
    const { engagementId } = engage;
    const session = { dialerId: 'dialler-1', sessionId: dialer.sessionId };
    const up = { engagementId, state: 'up', reason: null };
    await dialer.post('/reports', { ...session, reports: [], engagements: [up] });
    await desktop.drop();
    await readyAgent();
    const reply = await dialer.pull();
    expect(reply.commands).toEqual([]);
    expect(only(reply).number).toBe('5550101');
  });

  it('elsewhere, has the old leg let go before the new one is asked for', async () => {
    const engaged = { mode: 'progressive_with_seizing', handoff: { kind: 'engaged', group: 'sales' } };
    await campaign('phone\n5550101\n', engaged);
    const desktop = await readyAgent();
    const dialer = await bench.dialer('dialler-1', { handoff: ['engaged'] });
    const [engage] = (await dialer.pull()).commands;
    if (engage?.kind !== 'engage') throw new Error('no leg asked for');
    const { engagementId } = engage;
    const session = { dialerId: 'dialler-1', sessionId: dialer.sessionId };
    const up = { engagementId, state: 'up', reason: null };
    await dialer.post('/reports', { ...session, reports: [], engagements: [up] });
    await desktop.drop();
    await readyAgent('a1', '2002');
    const reply = await dialer.pull();
    expect(reply).toEqual({ requests: [], commands: [{ kind: 'disengage', engagementId }] });
    const released = { engagementId, state: 'released', reason: 'disengaged' };
    await dialer.post('/reports', { ...session, reports: [], engagements: [released] });
    expect((await dialer.pull()).commands).toMatchObject([{ kind: 'engage', extension: '2002' }]);
  });
});

describe('a second dialler of the same name', () => {
  const about = (journalId: string) => ({
    dialerId: 'dialler-1',
    journalId,
    linkVersion: 1,
    softwareVersion: 'test',
    boards: [],
    capabilities: { handoff: ['agent'], plans: ['US'], modes: ['telephony_preset'] },
  });

  const pullAs = async (dialer: TestDialer, sessionId: string) =>
    (
      await dialer.post<PullReply>('/pull', {
        dialerId: 'dialler-1',
        sessionId,
        free: 1,
        channels: { inService: 1, busy: 0 },
        waitMs: 0,
        active: [],
      })
    ).body;

  it('is refused while the first is alive, and never gets what went to the first', async () => {
    await campaign('phone\n5550101\n');
    await readyAgent();
    const other = await bench.dialer('other');
    const register = (journalId: string) =>
      other.post<{ sessionId: string; error?: { code: string } }>('/register', about(journalId));
    const pull = async (sessionId: string) => (await pullAs(other, sessionId)).requests;
    const first = await register('j-1');
    expect(await pull(first.body.sessionId)).toHaveLength(1);
    expect(await register('j-2')).toMatchObject({ status: 409, body: { error: { code: 'ILLEGAL_STATE' } } });
    // The same journal after a crash: it knows whether it dialled.
    const again = await register('j-1');
    expect(await pull(again.body.sessionId)).toHaveLength(1);
    bench.wire.advance(31_000);
    const second = await register('j-2');
    expect(second.status).toBe(200);
    expect(await pull(second.body.sessionId)).toEqual([]);
  });

  it('never gets it after a restart of OCS either; the attempt ends as Stale', async () => {
    await campaign('phone\n5550101\n');
    await readyAgent();
    const dialer = await bench.dialer('other');
    const register = async (journalId: string) =>
      (await dialer.post<{ sessionId: string }>('/register', about(journalId))).body.sessionId;
    const first = only(await pullAs(dialer, await register('j-1')));
    bench = await bench.restart();
    const again = await bench.dialer('other');
    const registerAgain = async (journalId: string) =>
      (await again.post<{ sessionId: string }>('/register', about(journalId))).body.sessionId;
    for (const journalId of ['j-2', 'j-3']) {
      expect((await pullAs(again, await registerAgain(journalId))).requests).toEqual([]);
      bench.wire.advance(31_000);
    }
    // The journal it was sent to gets it again: it knows whether it dialled.
    expect(only(await pullAs(again, await registerAgain('j-1'))).attemptId).toBe(first.attemptId);
    bench.wire.advance(31_000);
    await registerAgain('j-2');
    bench.wire.advance(300_000);
    bench.clock.advance(1_000);
    expect(await bench.api('GET', `/attempts/${first.attemptId}`)).toMatchObject({
      ended_by: 'stale',
      result: callResult.Stale,
    });
  });
});

describe('an address spelt in another way', () => {
  it('asks for the token all the same', async () => {
    await bench.close();
    bench = await openBench({ tokens: { api: 'a'.repeat(16), link: 'l'.repeat(16) } });
    const { port } = new URL(bench.url);
    const statusOf = (method: string, path: string) =>
      new Promise((resolve, reject) => {
        // fetch would put the address right.
        request({ port, host: '127.0.0.1', method, path }, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
          .on('error', reject)
          .end();
      });
    for (const path of [
      '/api/v1/agents',
      '/%61pi/v1/agents',
      '/api/%761/agents',
      `${bench.url}/api/v1/agents`,
    ]) {
      expect([path, await statusOf('GET', path)]).toEqual([path, 401]);
    }
    for (const path of ['/link/v1/pull', '/%6Cink/v1/pull', `${bench.url}/link/v1/pull`]) {
      expect([path, await statusOf('POST', path)]).toEqual([path, 401]);
    }
  });
});

describe('a desktop whose machine lost its power', () => {
  it('is taken as gone, so that no customer is sent there', async () => {
    await campaign('phone\n5550101\n');
    const alive = await readyAgent('a1', '2001');
    const dead = await readyAgent('a2', '2002');
    Object.assign(dead.socket, { pong: () => {} });
    const online = async () => {
      const { agents } = await bench.api<{ agents: { agentId: string; online: boolean }[] }>(
        'GET',
        '/agents',
      );
      return agents.filter((agent) => agent.online).map(({ agentId }) => agentId);
    };
    for (let i = 0; i < 2; i++) {
      bench.wire.advance(15_000);
      // What is asked after the ping was seen comes after its pong.
      await alive.ask('CampaignStatusRequest');
      await alive.ask('CampaignStatusRequest');
    }
    while ((await online()).length > 1) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await online()).toEqual(['a1']);
  });
});
