import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordStatus, recordType } from '../../../../src/domain/record.ts';
import { callResult } from '../../../../src/domain/result.ts';
import type { PullReply } from '../../../../src/link/schemas.ts';
import { manualClock, type ManualClock } from '../../../../src/ocs/clock.ts';
import { createOcs, type Ocs } from '../../../../src/ocs/ocs.ts';
import { outcome, startOfTest } from '../../../support/ocs/ocs.ts';
import { silentLog } from '../../../support/silent-log.ts';

const spring = {
  name: 'spring',
  list: 'l',
  mode: 'progressive',
  handoff: { kind: 'destination', extension: '7000' },
  pacing: { maxInFlight: 9 },
};
const csv = 'phone,tz,customer_id\n5550101,UTC,a\n5550102,UTC,b\n5550103,UTC,c\n';

let ocs: Ocs;
let clock: ManualClock;
let wire: ManualClock;
let logged: [string, object][];
beforeEach(async () => {
  clock = manualClock(startOfTest);
  wire = manualClock(startOfTest);
  logged = [];
  const note = (fields: object, message: string) => logged.push([message, fields]);
  ocs = await createOcs({
    database: ':memory:',
    clock,
    wireClock: wire,
    log: { ...silentLog, info: note, warn: note },
    version: '1.2',
  });
  await ocs.start();
});
afterEach(async () => {
  await ocs.stop();
});

interface Answer {
  status: number;
  body: Record<string, unknown> & { error?: { code: string; field?: string } };
  text: string;
}
async function ask(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  payload?: object | string,
): Promise<Answer> {
  const reply = await ocs.app.inject({
    method,
    url: `/api/v1${path}`,
    headers: { host: 'localhost', ...(typeof payload === 'string' && { 'content-type': 'text/csv' }) },
    ...(payload !== undefined && { payload }),
  });
  const json = String(reply.headers['content-type']).includes('json');
  return { status: reply.statusCode, body: json ? reply.json<Answer['body']>() : {}, text: reply.body };
}
const load = (definition: object = spring, file: string | undefined = csv) =>
  ask('POST', '/campaigns', { definition, ...(file !== '' && { csv: file }) });
/** Dials so many records of what runs. @returns their attempts */
async function dial(free: number): Promise<string[]> {
  const link = async <T>(path: string, payload: object) =>
    (
      await ocs.app.inject({
        method: 'POST',
        url: `/link/v1${path}`,
        headers: { host: 'localhost' },
        payload,
      })
    ).json<T>();
  const capabilities = { handoff: ['destination'], plans: [], modes: ['telephony_preset'] };
  const about = { dialerId: 'd1', linkVersion: 1, softwareVersion: '9', boards: [], capabilities };
  const { sessionId } = await link<{ sessionId: string }>('/register', about);
  const channels = { inService: 9, busy: 2 };
  const { requests } = await link<PullReply>('/pull', {
    dialerId: 'd1',
    sessionId,
    free,
    channels,
    waitMs: 0,
    active: [],
  });
  const [first] = requests;
  if (first !== undefined) {
    const reports = [
      {
        kind: 'outcome',
        attemptId: first.attemptId,
        seq: 1,
        outcome: outcome('Busy', { evidence: null, milestones: { dialling: 5 } }),
      },
    ];
    await link('/reports', { dialerId: 'd1', sessionId, reports });
  }
  return requests.map(({ attemptId }) => attemptId);
}

describe('a campaign', () => {
  it('is loaded with its list, started, stopped and unloaded, and says each time how it is', async () => {
    expect(await load()).toMatchObject({
      status: 201,
      body: { added: 3, campaign: { name: 'spring', state: 'inactive' } },
    });
    expect((await ask('POST', '/campaigns/spring/start')).body).toMatchObject({ state: 'running' });
    expect(logged.map(([message]) => message)).toEqual(
      expect.arrayContaining(['campaign loaded', 'campaign started']),
    );
    expect((await ask('GET', '/campaigns')).body).toMatchObject({
      campaigns: [{ name: 'spring', state: 'running' }],
    });
    expect((await load(spring, '')).body.error?.code).toBe('ILLEGAL_STATE');
    expect((await ask('POST', '/campaigns/spring/stop')).body).toMatchObject({ state: 'inactive' });
    expect((await ask('POST', '/campaigns/spring/unload')).body).toEqual({
      name: 'spring',
      state: 'not_loaded',
    });
    expect(await ask('GET', '/campaigns/spring')).toMatchObject({
      status: 404,
      body: { error: { code: 'UNKNOWN_CAMPAIGN' } },
    });
  });

  it('that starts with something doubtful says so in the log, one without does not', async () => {
    const warned = () => logged.filter(([message]) => message === 'campaign started with warnings');
    await load();
    await ask('POST', '/campaigns/spring/start');
    expect(warned()).toEqual([]);
    await ask('POST', '/campaigns/spring/stop');
    await load({ ...spring, recordTypeOrder: [2] }, '');
    await ask('POST', '/campaigns/spring/start');
    expect(warned()).toEqual([
      [
        'campaign started with warnings',
        { campaign: 'spring', warnings: [expect.stringContaining('recordTypeOrder')] },
      ],
    ]);
  });

  it('needs a list that is there, or brings it; a check changes nothing', async () => {
    expect(await load(spring, '')).toMatchObject({
      status: 400,
      body: { error: { code: 'BAD_ARGUMENT', field: 'definition.list' } },
    });
    const checked = await ask('POST', '/campaigns', { definition: spring, check: true });
    expect(checked).toMatchObject({ status: 200, body: { campaign: { name: 'spring' }, added: 0 } });
    expect((await ask('GET', '/campaigns')).body).toEqual({ campaigns: [] });
    await load();
    await ask('POST', '/campaigns/spring/start');
    expect((await ask('POST', '/campaigns', { definition: spring, check: true })).body.error?.code).toBe(
      'ILLEGAL_STATE',
    );
  });

  it('that is unloaded while calls are up ends with them; forced, they are cancelled', async () => {
    await load();
    await ask('POST', '/campaigns/spring/start');
    const [, open = ''] = await dial(2);
    expect((await ask('POST', '/campaigns/spring/unload')).body).toMatchObject({
      state: 'waiting_to_unload',
    });
    expect((await ask('GET', `/attempts/${open}`)).body).toMatchObject({ cancel: null });
    await ask('POST', '/campaigns/spring/unload?force=true');
    expect((await ask('GET', `/attempts/${open}`)).body).toMatchObject({ cancel: 'unload' });
    expect((await ask('POST', '/campaigns/spring/start')).body.error?.code).toBe('ILLEGAL_STATE');
  });
});

describe('a calling list', () => {
  it('is imported by itself, shown, and exported so that it can be imported again', async () => {
    const imported = await ask('POST', '/lists/m/import', 'phone,tz,colour\n5550201,UTC,blue\n5550202,,\n');
    expect(imported).toMatchObject({ status: 201, body: { added: 2 } });
    expect((await ask('GET', '/lists')).body).toEqual({ lists: [{ list: 'm', records: 2 }] });
    const exported = await ask('GET', '/lists/m/export');
    expect(exported.text.split(/\r?\n/)[0]).toMatch(/^record_id,.*,colour$/);
    expect((await ask('POST', '/lists/n/import', exported.text)).body).toMatchObject({ added: 2 });
    expect((await ask('GET', '/lists/n/export')).text.replaceAll('\r', '').split('\n').slice(1)).toEqual(
      exported.text.replaceAll('\r', '').split('\n').slice(1),
    );
  });

  it('that is not there is not exported', async () => {
    expect(await ask('GET', '/lists/never/export')).toMatchObject({
      status: 400,
      body: { error: { code: 'BAD_ARGUMENT', field: 'list' } },
    });
  });

  it('is refused where a record would never be dialled by a campaign that dials the list', async () => {
    await load({ ...spring, dailyWindow: { from: '09:00', till: '18:00', tz: 'UTC' } });
    const late = 'phone,tz,daily_from\n5550301,UTC,19:00\n';
    expect(await ask('POST', '/lists/l/import', late)).toMatchObject({
      status: 422,
      body: { error: { code: 'BAD_CSV' } },
    });
    expect((await ask('POST', '/lists/other/import', late)).status).toBe(201);
    const skipped = await ask('POST', '/lists/l/import?skipBad=true', `${late}5550302,UTC,10:00\n`);
    expect(skipped.body).toMatchObject({ added: 1, skipped: [{ line: 2, field: 'daily_from' }] });
  });

  it('with formulas is made safe for a spreadsheet where that is asked for', async () => {
    await ask('POST', '/lists/m/import', 'phone,tz,note\n5550201,UTC,=1+1\n');
    expect((await ask('GET', '/lists/m/export')).text).toContain(',=1+1');
    expect((await ask('GET', '/lists/m/export?escapeFormulas=true')).text).not.toContain(',=1+1');
  });
});

describe('a record', () => {
  it('is shown with its history, without what is the store’s own', async () => {
    await load();
    await ask('POST', '/campaigns/spring/start');
    const [attemptId] = await dial(1);
    const { body } = await ask('GET', '/records/1');
    expect(body).toMatchObject({
      handle: 1,
      phone: '5550101',
      call_result: callResult.Busy,
      treatments: {},
      user_fields: { customer_id: 'a' },
      history: expect.arrayContaining([
        expect.objectContaining({
          event: 'outcome',
          attempt_id: attemptId,
          detail: { result: callResult.Busy, status: 'dropped' },
        }),
      ]) as object,
    });
    for (const own of ['window_id', 'phone_key', 'line']) expect(body).not.toHaveProperty(own);
    expect(await ask('GET', '/records/99')).toMatchObject({
      status: 404,
      body: { error: { code: 'UNKNOWN_RECORD' } },
    });
  });

  it('is cancelled: one that waits at once, one in a call with the call, one that is done not at all', async () => {
    await load();
    await ask('POST', '/campaigns/spring/start');
    const [, open = ''] = await dial(2);
    const cancel = async (handle: number) =>
      (await ask('POST', `/records/${String(handle)}/cancel`)).body['record_status'];
    expect(await cancel(3)).toBe(recordStatus.Cancelled);
    expect(await cancel(2)).toBe(recordStatus.Retrieved);
    expect((await ask('GET', `/attempts/${open}`)).body).toMatchObject({ cancel: 'record' });
    expect(await cancel(1)).toBe(recordStatus.Updated);
  });
});

describe('attempts', () => {
  it('are found by what is asked, and shown with the name of the result', async () => {
    await load();
    await ask('POST', '/campaigns/spring/start');
    const [ended = '', open = ''] = await dial(2);
    const { body } = await ask('GET', `/attempts/${ended}`);
    expect(body).toMatchObject({
      attempt_id: ended,
      dialer_id: 'd1',
      result: callResult.Busy,
      resultName: 'Busy',
      evidence: null,
      milestones: { dialling: 5 },
    });
    for (const own of ['request', 'seen', 'journal_id', 'closed_by', 'closing', 'phone_key'])
      expect(body).not.toHaveProperty(own);
    expect((await ask('GET', `/attempts/${open}`)).body).toMatchObject({ result: null, resultName: null });
    const found = async (query: string) =>
      ((await ask('GET', `/attempts?${query}`)).body as { attempts: { attempt_id: string }[] }).attempts.map(
        ({ attempt_id: id }) => id,
      );
    expect((await found('')).sort()).toEqual([ended, open].sort());
    expect(await found('open=true')).toEqual([open]);
    expect(await found('open=false&campaign=spring&result=6')).toEqual([ended]);
    expect(await found('phone=555-0102')).toEqual([open]);
    expect(await found('record=1')).toEqual([ended]);
    expect(await found('limit=1')).toHaveLength(1);
    expect(await found('dialer=d1&status=dropped')).toEqual([ended]);
    expect(await found(`till=${String(startOfTest)}`)).toEqual([]);
    expect((await ask('GET', `/attempts/${ended}`)).body).toMatchObject({
      mode: 'telephony_preset',
      cpdTimeoutMs: 8_000,
      explanation: ['The detector gave no verdict: signalling or a fault decided.'],
    });
    expect(await ask('GET', '/attempts/never')).toMatchObject({
      status: 404,
      body: { error: { code: 'UNKNOWN_ATTEMPT' } },
    });
  });
});

describe('what somebody says that a call was', () => {
  it('is kept, changed and taken back, and the audit has what was before', async () => {
    await load();
    await ask('POST', '/campaigns/spring/start');
    const [id = ''] = await dial(2);
    const path = `/attempts/${id}/label`;
    expect((await ask('GET', `/attempts/${id}`)).body).toMatchObject({ label: null });
    expect(await ask('PUT', path, { was: 'human' })).toMatchObject({
      status: 400,
      body: { error: { code: 'BAD_ARGUMENT', field: 'was' } },
    });
    const label = { was: 'machine', saidBy: 'anybody', saidAt: startOfTest };
    expect((await ask('PUT', path, { was: 'machine' })).body).toEqual({ label });
    expect((await ask('GET', `/attempts/${id}`)).body).toMatchObject({ label });
    expect((await ask('GET', '/labels')).body).toEqual({
      labels: [
        {
          ...label,
          attemptId: id,
          recordHandle: 1,
          campaign: 'spring',
          dialerId: 'd1',
          mode: 'telephony_preset',
          plan: null,
          verdict: null,
          answerMs: null,
        },
      ],
      next: null,
    });
    await ask('PUT', path, { was: 'person' });
    expect((await ask('GET', '/labels?limit=1')).body).toMatchObject({
      labels: [{ was: 'person' }],
      next: 1,
    });
    expect((await ask('GET', '/labels?after=1')).body).toEqual({ labels: [], next: null });
    expect((await ask('PUT', path, { was: null })).body).toEqual({ label: null });
    expect((await ask('GET', '/labels')).body).toEqual({ labels: [], next: null });
    const { entries } = (await ask('GET', '/audit?action=labelAttempt')).body as { entries: object[] };
    expect(entries).toMatchObject([
      { object: id, before: { was: 'person', saidBy: 'anybody' }, after: { was: null } },
      { before: { was: 'machine' }, after: { was: 'person' } },
      { before: null, after: { was: 'machine' } },
    ]);
    expect((await ask('PUT', '/attempts/never/label', { was: 'person' })).status).toBe(404);
  });
});

describe('the rehearsal of an import', () => {
  it('says what would be added, what is bad and what is on Do Not Call, and adds nothing', async () => {
    await load();
    await ask('POST', '/dnc', { phone: '5550109' });
    const file = 'phone,tz\n5550108,UTC\n5550109,UTC\nnone,UTC\n5550108,UTC\n';
    expect(await ask('POST', '/lists/l/import?dryRun=1', file)).toMatchObject({
      status: 200,
      body: { added: 2, doNotCall: 1, skipped: [{ line: 4, field: 'phone', found: 'none' }, { line: 5 }] },
    });
    expect((await ask('GET', '/lists')).body).toEqual({ lists: [{ list: 'l', records: 3 }] });
    expect((await ask('POST', '/lists/new/import?dryRun=1', file)).body).toMatchObject({ added: 2 });
    expect((await ask('GET', '/lists')).body).toEqual({ lists: [{ list: 'l', records: 3 }] });
    expect((await ask('GET', '/audit?action=importList')).body).toMatchObject({ entries: [] });
    expect((await ask('POST', '/lists/l/import?skipBad=1', file)).body).toMatchObject({ added: 2 });
    expect((await ask('GET', '/lists')).body).toEqual({ lists: [{ list: 'l', records: 5 }] });
  });
});

describe('the audit of a campaign', () => {
  it('has what was before a change', async () => {
    await load();
    await load({ ...spring, ringTimeoutMs: 20_000 }, '');
    await ask('POST', '/campaigns/spring/start');
    await ask('POST', '/campaigns/spring/stop');
    const { entries } = (await ask('GET', '/audit')).body as { entries: object[] };
    expect(entries).toMatchObject([
      { action: 'stopCampaign', before: { running: true } },
      { action: 'startCampaign', before: { running: false } },
      {
        action: 'loadCampaign',
        before: { running: false, definition: { name: 'spring', pacing: { maxInFlight: 9 } } },
        after: { definition: { ringTimeoutMs: 20_000 } },
      },
      { action: 'loadCampaign', before: null },
    ]);
  });
});

describe('who is there', () => {
  it('is each dialler with its channels, its calls and how long it is silent', async () => {
    await load();
    await ask('POST', '/campaigns/spring/start');
    await dial(2);
    wire.advance(4_000);
    const diallers = async () => ((await ask('GET', '/diallers')).body as { diallers: object[] }).diallers;
    expect(await diallers()).toEqual([
      {
        dialerId: 'd1',
        softwareVersion: '9',
        boards: [],
        free: 2,
        channels: { inService: 9, busy: 2 },
        silentMs: 4_000,
        lost: false,
        calls: 1,
      },
    ]);
    wire.advance(3_600_000);
    expect(await diallers()).toMatchObject([{ lost: true }]);
    expect((await ask('GET', '/agents')).body).toEqual({ agents: [] });
    expect((await ask('GET', '/version')).body).toEqual({ version: '1.2' });
  });
});

describe('Do Not Call', () => {
  const listed = async (query: string) => (await ask('GET', `/dnc?${query}`)).body['listed'];

  it('takes a number and a customer, finds them however written, and lets them go', async () => {
    expect(
      (await ask('POST', '/dnc', { phone: '555-0101', customerId: 'k', message: 'asked' })).body,
    ).toEqual({ added: 2 });
    expect((await ask('POST', '/dnc', { phone: '5550101' })).body).toEqual({ added: 0 });
    expect([
      await listed('phone=5550101'),
      await listed('customerId=k'),
      await listed('phone=5550102'),
    ]).toEqual([true, true, false]);
    expect((await ask('DELETE', '/dnc?phone=5550101')).body).toEqual({ removed: 1 });
    expect([await listed('phone=5550101'), await listed('customerId=k')]).toEqual([false, true]);
    const [, fields] = logged.find(([message]) => message === 'removed from the Do Not Call list') ?? [];
    expect(fields).toMatchObject({ phone: '*****01', removed: 1 });
  });

  it('ends calls that only ring, and closes what waits when its turn comes', async () => {
    await load();
    await ask('POST', '/campaigns/spring/start');
    const [, open = ''] = await dial(2);
    await ask('POST', '/dnc', { phone: '5550102' });
    expect((await ask('GET', `/attempts/${open}`)).body).toMatchObject({ cancel: 'unanswered' });
    await ask('POST', '/dnc', { phone: '5550103' });
    await dial(9);
    expect((await ask('GET', '/records/3')).body).toMatchObject({ record_type: recordType.NoCall });
  });

  it('is loaded from a file under a name, tried first without effect, exported, and taken back', async () => {
    const file = 'phone,customer_id\n5550101,\n,k\n';
    const tried = await ask('POST', '/dnc/import?dryRun=true', file);
    expect(tried).toMatchObject({
      status: 200,
      body: { batch: null, entries: 2, numbers: 1, customers: 1, added: 2 },
    });
    expect(await listed('phone=5550101')).toBe(false);
    const loaded = await ask('POST', '/dnc/import', file);
    expect(loaded).toMatchObject({
      status: 201,
      body: { batch: '2026-01-05T17:00:00.000Z', entries: 2, added: 2 },
    });
    // Two loads can come at one moment.
    expect((await ask('POST', '/dnc/import', 'phone\n5550102\n')).body).toMatchObject({
      batch: '2026-01-05T17:00:00.000Z 2',
    });
    const lines = (await ask('GET', '/dnc/export')).text.trim().split(/\r?\n/);
    expect(lines.slice(1)).toEqual([
      expect.stringMatching(/^5550101,,/),
      expect.stringMatching(/^,k,/),
      expect.stringMatching(/^5550102,.*,1767632400$/),
    ]);
    expect((await ask('DELETE', '/dnc/batches/2026-01-05T17:00:00.000Z')).body).toEqual({ removed: 2 });
    expect([await listed('phone=5550101'), await listed('phone=5550102')]).toEqual([false, true]);
    expect((await ask('DELETE', '/dnc/batches/never')).body.error).toMatchObject({
      code: 'BAD_ARGUMENT',
      field: 'batch',
    });
  });

  it('is not loaded from a file with bad lines, unless they are to be skipped', async () => {
    const file = 'phone\n5550101\n5550102/5550103\n';
    expect((await ask('POST', '/dnc/import', file)).body.error).toMatchObject({ code: 'BAD_CSV' });
    expect(await listed('phone=5550101')).toBe(false);
    expect((await ask('POST', '/dnc/import?skipBad=true', file)).body).toMatchObject({
      added: 1,
      skipped: [{ line: 3, field: 'phone' }],
    });
    expect(await listed('phone=5550101')).toBe(true);
  });
});
