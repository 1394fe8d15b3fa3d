import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordStatus, recordType } from '../../../src/domain/record.ts';
import { callResult } from '../../../src/domain/result.ts';
import {
  openBench,
  outcome,
  type OcsBench,
  type TestDesktop,
  type TestDialer,
} from '../../support/ocs/ocs.ts';
import { rowsOf } from '../../support/ocs/store-of-tests.ts';

let bench: OcsBench;
let desktop: TestDesktop;
let dialer: TestDialer;

beforeEach(async () => {
  bench = await openBench();
  await bench.load(
    {
      name: 'c',
      list: 'l',
      mode: 'progressive',
      group: 'sales',
      treatments: [{ result: 'Busy', retryMinutes: 10, retries: 1 }],
    },
    'record_id,phone,tz,customer_id,name\n1,5550101,America/New_York,K1,Ada\n2,5550102,,K1,Ben\n3,5550103,,K3,Cy\n',
  );
  await bench.start('c');
  desktop = await bench.desktop();
  await desktop.login('a1', '2001');
  await desktop.ask('Ready');
  dialer = await bench.dialer();
});
afterEach(() => bench.close());

interface RecordView {
  record_status: number;
  record_type: number;
  call_result: number;
  agent_id: string | null;
  due: number;
  user_fields: Record<string, unknown>;
}
const record = (handle: number) => bench.api<RecordView>('GET', `/records/${String(handle)}`);
const agentState = async () => {
  const { agents } = await bench.api<{ agents: { state: string }[] }>('GET', '/agents');
  return agents.map(({ state }) => state).join();
};

/** A call at the agent; `ended` when the dialler is done with it. */
async function conversation(ended = true): Promise<{ handle: number; attemptId: string }> {
  const [request] = (await dialer.pull()).requests;
  const { attemptId = '', recordHandle: handle = 0 } = request ?? {};
  await dialer.agent(attemptId);
  await dialer.report({ kind: 'connected', attemptId, seq: 1, agentId: 'a1', extension: '2001' });
  await desktop.event('CallConnected');
  if (ended) await endCall(attemptId);
  return { handle, attemptId };
}

async function endCall(attemptId: string): Promise<void> {
  const end = outcome('Answer', { status: 'transferred', agentId: 'a1' });
  await dialer.report({ kind: 'outcome', attemptId, seq: 2, outcome: end });
  await desktop.event('CallTransferred');
}

describe('closing a record', () => {
  it('by RecordProcessed writes result and fields, and makes the agent ready', async () => {
    const { handle } = await conversation();
    expect(await agentState()).toBe('busy');
    await desktop.ask('CallReleased', { GSW_RECORD_HANDLE: handle });
    expect(await agentState()).toBe('wrap_up');
    const answer = await desktop.ask('RecordProcessed', {
      GSW_RECORD_HANDLE: handle,
      GSW_CALL_RESULT: callResult.WrongParty,
      name: 'Adam',
    });
    expect(answer).toMatchObject({ GSW_USER_EVENT: 'RecordProcessedAcknowledge', GSW_RECORD_HANDLE: handle });
    expect(await record(handle)).toMatchObject({
      record_status: recordStatus.Updated,
      call_result: callResult.WrongParty,
      user_fields: { name: 'Adam', customer_id: 'K1' },
    });
    expect(await agentState()).toBe('ready');
  });

  it('uses the buffered result, and treats it like a dialler’s', async () => {
    const { handle } = await conversation();
    await desktop.ask('UpdateCallCompletionStats', {
      GSW_RECORD_HANDLE: handle,
      GSW_CALL_RESULT: callResult.Busy,
    });
    await desktop.ask('RecordProcessed', { GSW_RECORD_HANDLE: handle });
    expect(await record(handle)).toMatchObject({
      record_status: recordStatus.Ready,
      record_type: recordType.CampaignRescheduled,
      due: bench.clock.now() + 600_000,
    });
  });

  it('before the dialler reports the end frees the agent; the late outcome changes nothing', async () => {
    const { handle, attemptId } = await conversation(false);
    await desktop.ask('RecordProcessed', {
      GSW_RECORD_HANDLE: handle,
      GSW_CALL_RESULT: callResult.WrongNumber,
    });
    expect(await agentState()).toBe('ready');
    const end = outcome('Answer', { status: 'transferred', agentId: 'a1' });
    await dialer.report({ kind: 'outcome', attemptId, seq: 2, outcome: end });
    expect(await record(handle)).toMatchObject({ call_result: callResult.WrongNumber });
    expect(await bench.api('GET', `/attempts/${attemptId}`)).toMatchObject({ result: callResult.Answer });
  });

  it('is refused while the call is on its way', async () => {
    const [request] = (await dialer.pull()).requests;
    await dialer.agent(request?.attemptId ?? '');
    const answer = await desktop.ask('RecordProcessed', { GSW_RECORD_HANDLE: request?.recordHandle ?? 0 });
    expect(answer).toMatchObject({ GSW_USER_EVENT: 'Error', GSW_ERROR: 'ILLEGAL_STATE' });
  });

  it('is harmless twice, also as RecordProcessed after RecordReschedule', async () => {
    const { handle } = await conversation();
    const message = {
      GSW_RECORD_HANDLE: handle,
      GSW_DATE_TIME: '01/06/2026 10:30',
      GSW_CALLBACK_TYPE: 'Campaign',
    };
    for (let times = 0; times < 2; times += 1) {
      expect(await desktop.ask('RecordReschedule', message)).toMatchObject({
        GSW_USER_EVENT: 'RecordRescheduleAcknowledge',
      });
    }
    expect(await desktop.ask('RecordProcessed', { GSW_RECORD_HANDLE: handle })).toMatchObject({
      GSW_USER_EVENT: 'RecordProcessedAcknowledge',
    });
    // Data that would be lost is refused instead.
    expect(await desktop.ask('RecordProcessed', { GSW_RECORD_HANDLE: handle, name: 'Eve' })).toMatchObject({
      GSW_ERROR: 'UNKNOWN_RECORD',
    });
    expect(await record(handle)).toMatchObject({ record_type: recordType.CampaignCallBack });
  });
});

describe('RecordReschedule', () => {
  it('takes the time in the zone of the record', async () => {
    const { handle } = await conversation();
    await desktop.ask('RecordReschedule', {
      GSW_RECORD_HANDLE: handle,
      GSW_DATE_TIME: '01/06/2026 10:30',
      name: 'Ada L',
    });
    expect(await record(handle)).toMatchObject({
      record_status: recordStatus.Ready,
      record_type: recordType.CampaignCallBack,
      due: Date.UTC(2026, 0, 6, 15, 30),
      user_fields: { name: 'Ada L' },
    });
    expect(await agentState()).toBe('ready');
  });

  it('keeps a personal callback for its agent, then for the group', async () => {
    const { handle } = await conversation();
    await desktop.ask('RecordReschedule', {
      GSW_RECORD_HANDLE: handle,
      GSW_DATE_TIME: '01/05/2026 13:00',
      GSW_CALLBACK_TYPE: 'Personal',
    });
    expect(await record(handle)).toMatchObject({ record_type: recordType.PersonalCallBack, agent_id: 'a1' });
    await desktop.ask('NotReady');
    const other = await bench.desktop();
    await other.login('a2', '2002');
    await other.ask('Ready');
    bench.clock.advance(3_600_000);
    const [general] = (await dialer.pull()).requests;
    expect(general?.recordHandle).not.toBe(handle);
    await dialer.report({ kind: 'hand_back', attemptId: general?.attemptId ?? '', seq: 1, reason: 'test' });
    await desktop.ask('Ready');
    const [callback] = (await dialer.pull({ free: 1 })).requests;
    expect(callback?.recordHandle).toBe(handle);
    expect((await dialer.agent(callback?.attemptId ?? '')).agent?.agentId).toBe('a1');
  });

  it('refuses what is no time to come', async () => {
    const { handle } = await conversation();
    for (const time of ['01/05/2026 11:59', '2026-01-06 10:30', '02/30/2026 10:00']) {
      const answer = await desktop.ask('RecordReschedule', {
        GSW_RECORD_HANDLE: handle,
        GSW_DATE_TIME: time,
      });
      expect(answer).toMatchObject({
        GSW_USER_EVENT: 'Error',
        GSW_ERROR: 'BAD_MESSAGE',
        GSW_ERROR_FIELD: 'GSW_DATE_TIME',
        GSW_ERROR_EXPECTED: 'MM/DD/YYYY HH:MM in America/New_York, later than now',
      });
    }
    expect(await agentState()).toBe('busy');
  });
});

describe('DoNotCall, RecordReject, RecordCancel', () => {
  it('DoNotCall by handle keeps the number from being called again', async () => {
    const { handle } = await conversation();
    await desktop.ask('DoNotCall', { GSW_RECORD_HANDLE: handle });
    expect(await record(handle)).toMatchObject({
      record_type: recordType.NoCall,
      call_result: callResult.DoNotCall,
    });
    await bench.load(
      { name: 'd', list: 'other', mode: 'progressive', group: 'sales' },
      'phone\n5550101\n5550109\n',
    );
    await bench.api('POST', '/campaigns/c/stop');
    await bench.start('d');
    expect((await dialer.pull()).requests.map(({ number }) => number)).toEqual(['5550109']);
  });

  it('DoNotCall by phone or customer needs no call', async () => {
    await desktop.ask('DoNotCall', { GSW_CUSTOMER_ID: 'K1' });
    await desktop.ask('DoNotCall', { GSW_PHONE: '555 0103' });
    expect((await dialer.pull()).requests).toEqual([]);
    expect(await bench.api('GET', '/campaigns/c')).toMatchObject({ finished: true });
  });

  it('RecordReject gives the record back for later', async () => {
    const { handle } = await conversation();
    await desktop.ask('RecordReject', { GSW_RECORD_HANDLE: handle });
    expect(await record(handle)).toMatchObject({
      record_status: recordStatus.Ready,
      due: bench.clock.now() + 900_000,
    });
  });

  it('RecordCancel ends the record, or waiting ones by phone', async () => {
    const { handle } = await conversation();
    await desktop.ask('RecordCancel', { GSW_RECORD_HANDLE: handle });
    expect(await desktop.ask('RecordCancel', { GSW_PHONE: '5550103' })).toMatchObject({ GSW_RECORDS: 1 });
    for (const cancelled of [handle, 3]) {
      expect(await record(cancelled)).toMatchObject({
        record_status: recordStatus.Cancelled,
        call_result: callResult.CancelRecord,
      });
    }
  });
});

describe('the connection', () => {
  it('gets a coded error for whatever it says wrong, and stays open', async () => {
    const unauthenticated = await bench.desktop();
    const cases: [string, string, string?][] = [
      ['no json', 'BAD_MESSAGE'],
      ['[1]', 'BAD_MESSAGE'],
      ['{"GSW_AGENT_REQ_TYPE":"Dance","GSW_REFERENCE_ID":"r1"}', 'BAD_MESSAGE', 'GSW_AGENT_REQ_TYPE'],
      ['{"GSW_AGENT_REQ_TYPE":"Ready"}', 'UNAUTHORIZED'],
      [
        '{"GSW_AGENT_REQ_TYPE":"Login","GSW_AGENT_ID":"x","GSW_GROUP":"g","GSW_EXTENSION":"9,9"}',
        'BAD_MESSAGE',
        'GSW_EXTENSION',
      ],
      [
        '{"GSW_AGENT_REQ_TYPE":"Login","GSW_AGENT_ID":"x","GSW_GROUP":"g","GSW_EXTENSION":"2001"}',
        'ILLEGAL_STATE',
        'GSW_EXTENSION',
      ],
      ['{"GSW_AGENT_REQ_TYPE":"Login","extra":{"deep":1}}', 'BAD_MESSAGE', 'extra'],
    ];
    for (const [text, code, field] of cases) {
      unauthenticated.socket.send(text);
      const error = await unauthenticated.event('Error');
      expect(error.GSW_ERROR, text).toBe(code);
      if (field !== undefined) expect(error.GSW_ERROR_FIELD, text).toBe(field);
    }
    expect(await unauthenticated.login('a9', '2009')).toMatchObject({ GSW_USER_EVENT: 'LoginAcknowledge' });
  });

  it('echoes the reference in errors too', async () => {
    desktop.send({ GSW_AGENT_REQ_TYPE: 'DoNotCall', GSW_REFERENCE_ID: 'mine', name: 'x' });
    expect(await desktop.event('Error')).toMatchObject({
      GSW_ERROR: 'BAD_MESSAGE',
      GSW_AGENT_REQ_TYPE: 'DoNotCall',
      GSW_REFERENCE_ID: 'mine',
    });
  });

  it('gets its answers in the order of what it sent, also without references', async () => {
    desktop.inbox.length = 0;
    desktop.send({ GSW_AGENT_REQ_TYPE: 'UpdateCallCompletionStats', GSW_RECORD_HANDLE: 77 });
    desktop.send({ GSW_AGENT_REQ_TYPE: 'NotReady' });
    desktop.send({ GSW_AGENT_REQ_TYPE: 'Nonsense' });
    desktop.send({ GSW_AGENT_REQ_TYPE: 'Ready' });
    await desktop.ask('CampaignStatusRequest');
    const answers = desktop.inbox.map((message) => message.GSW_ERROR ?? message.GSW_USER_EVENT);
    expect(answers.filter((answer) => answer !== 'CampaignStarted')).toEqual([
      'UNKNOWN_RECORD',
      'NotReadyAcknowledge',
      'BAD_MESSAGE',
      'ReadyAcknowledge',
    ]);
  });

  it('that sends without end holds up no dialler', async () => {
    const [request] = (await dialer.pull()).requests;
    const attemptId = request?.attemptId ?? '';
    const sent = 1_000;
    for (let n = 0; n < sent; n += 1) {
      desktop.send({ GSW_AGENT_REQ_TYPE: 'UpdateCallCompletionStats', GSW_RECORD_HANDLE: 77 });
    }
    await desktop.event('Error');
    await dialer.report({ kind: 'accepted', attemptId, seq: 1 });
    await dialer.pull({ active: [attemptId] });
    expect(desktop.inbox.length).toBeLessThan(sent / 2);
    await desktop.ask('Ready');
    expect(desktop.inbox).toHaveLength(sent - 1);
  });

  it('that breaks leaves the record open for its agent to come back', async () => {
    const { handle } = await conversation();
    await desktop.ask('UpdateCallCompletionStats', { GSW_RECORD_HANDLE: handle, name: 'Ada B' });
    await desktop.drop();
    bench.clock.advance(59_000);
    desktop = await bench.desktop();
    await desktop.login('a1', '2001');
    expect(await desktop.event('CallConnected')).toMatchObject({ GSW_RECORD_HANDLE: handle });
    await desktop.ask('RecordProcessed', { GSW_RECORD_HANDLE: handle });
    expect(await record(handle)).toMatchObject({ user_fields: { name: 'Ada B' } });
  });

  it('that breaks while a call is coming does not lose it', async () => {
    const [request] = (await dialer.pull()).requests;
    const { attemptId = '', recordHandle: handle = 0 } = request ?? {};
    await dialer.agent(attemptId);
    await desktop.ask('UpdateCallCompletionStats', { GSW_RECORD_HANDLE: handle, name: 'Ada B' });
    await desktop.drop();
    bench.clock.advance(70_000);
    desktop = await bench.desktop();
    await desktop.login('a1', '2001');
    await desktop.event('CallArriving');
    await dialer.report({ kind: 'connected', attemptId, seq: 1, agentId: 'a1', extension: '2001' });
    await desktop.event('CallConnected');
    await desktop.ask('RecordProcessed', { GSW_RECORD_HANDLE: handle });
    expect(await record(handle)).toMatchObject({
      call_result: callResult.Answer,
      user_fields: { name: 'Ada B' },
    });
  });

  it('that never comes back closes the record with what the agent had said', async () => {
    const { handle } = await conversation();
    await desktop.ask('UpdateCallCompletionStats', { GSW_RECORD_HANDLE: handle, name: 'Ada B' });
    await desktop.drop();
    while (
      !(await bench.api<{ agents: { online: boolean }[] }>('GET', '/agents')).agents.every((a) => !a.online)
    );
    bench.clock.advance(60_000);
    expect(await record(handle)).toMatchObject({
      record_status: recordStatus.Updated,
      call_result: callResult.Answer,
      user_fields: { name: 'Ada B' },
    });
    expect(await agentState()).toBe('');
  });

  it('outlives a restart of OCS with its buffered updates', async () => {
    const { handle } = await conversation();
    await desktop.ask('UpdateCallCompletionStats', { GSW_RECORD_HANDLE: handle, name: 'Ada B' });
    bench = await bench.restart();
    desktop = await bench.desktop();
    await desktop.login('a1', '2001');
    expect(await desktop.event('CallEnded')).toMatchObject({ GSW_RECORD_HANDLE: handle });
    await desktop.ask('RecordProcessed', { GSW_RECORD_HANDLE: handle });
    expect(await rowsOf(bench.database, 'select * from agent_work')).toEqual([]);
    expect(await record(handle)).toMatchObject({
      record_status: recordStatus.Updated,
      user_fields: { name: 'Ada B' },
    });
  });

  it('belongs to one desktop: a second login takes over and the first is told', async () => {
    const second = await bench.desktop();
    await second.login('a1', '2001');
    expect(await desktop.event('Error')).toMatchObject({ GSW_ERROR: 'ILLEGAL_STATE' });
    await second.ask('Ready');
    expect(await agentState()).toBe('ready');
  });
});

describe('a desktop that sends and never reads', () => {
  const online = async () => {
    const { agents } = await bench.api<{ agents: { agentId: string; online: boolean }[] }>('GET', '/agents');
    return agents.some((agent) => agent.agentId === 'a9' && agent.online);
  };

  it('is closed when too much waits for it', async () => {
    const flood = await bench.desktop();
    flood.socket.on('error', () => {});
    await flood.login('a9', '2009');
    flood.socket.pause();
    const text = JSON.stringify({ GSW_AGENT_REQ_TYPE: 'Dance', GSW_REFERENCE_ID: 'r'.repeat(100) });
    let sent = 0;
    while ((await online()) && sent < 400_000) {
      for (let times = 0; times < 4_000; times += 1) flood.socket.send(text);
      sent += 4_000;
    }
    expect(await online()).toBe(false);
  });

  it('is closed at once when nobody is logged in on it', async () => {
    const flood = await bench.desktop();
    const closed = once(flood.socket, 'close');
    for (let times = 0; times < 11; times += 1) flood.send({ GSW_AGENT_REQ_TYPE: 'Ready' });
    expect((await closed)[0]).toBe(4003);
    expect(flood.inbox).toHaveLength(10);
  });
});

describe('LogOut', () => {
  it('waits for the open record', async () => {
    const { handle } = await conversation();
    desktop.send({ GSW_AGENT_REQ_TYPE: 'LogOut', GSW_REFERENCE_ID: 'bye' });
    await desktop.ask('UpdateCallCompletionStats', { GSW_RECORD_HANDLE: handle, name: 'Ada B' });
    expect(desktop.inbox.map((message) => message.GSW_USER_EVENT)).not.toContain('LogOutAcknowledge');
    expect(await desktop.ask('RecordProcessed', { GSW_RECORD_HANDLE: handle })).toMatchObject({
      GSW_USER_EVENT: 'RecordProcessedAcknowledge',
    });
    expect(await desktop.event('LogOutAcknowledge')).toMatchObject({
      GSW_REFERENCE_ID: 'bye',
      GSW_AGENT_ID: 'a1',
    });
    expect(await agentState()).toBe('');
    expect((await dialer.pull()).requests).toEqual([]);
  });

  it('is immediate without one', async () => {
    expect(await desktop.ask('LogOut')).toMatchObject({ GSW_USER_EVENT: 'LogOutAcknowledge' });
    expect(await agentState()).toBe('');
  });
});

it('CampaignStatusRequest names the campaigns of the group', async () => {
  await desktop.ask('CampaignStatusRequest');
  expect(await desktop.event('CampaignStarted')).toMatchObject({
    GSW_CAMPAIGN_NAME: 'c',
    GSW_CAMPAIGN_MODE: 'progressive',
  });
});
