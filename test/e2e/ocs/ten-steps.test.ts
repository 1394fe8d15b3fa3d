import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { recordStatus, recordType } from '../../../src/domain/record.ts';
import { callResult } from '../../../src/domain/result.ts';
import { openBench, outcome, startOfTest } from '../../support/ocs/ocs.ts';

/**
 * The flow the product exists for, step by step as the design has it: a real database file, a dialler on real
 * HTTP, an agent's desktop on a real WebSocket.
 */
test('a record goes from the calling list to an agent and back, in ten steps', async () => {
  const bench = await openBench();
  await bench.load(
    { name: 'spring', list: 'customers', mode: 'progressive', group: 'sales' },
    'record_id,phone,tz,first_name,plan_name\n1,+1 212 555 0101,America/New_York,Ada,basic\n',
  );
  const desktop = await bench.desktop();
  await desktop.login('agent-7', '2007');
  await desktop.ask('Ready');
  const dialer = await bench.dialer();
  await bench.start('spring');

  const database = new Database(bench.database, { readonly: true });
  const list = () => database.prepare('select * from records').get() as Record<string, unknown>;
  const attempt = () => database.prepare('select * from attempts').get() as Record<string, unknown>;

  // 1. OCS reads a record from the calling list database.
  expect(list()).toMatchObject({ record_status: recordStatus.Ready, attempt: 0 });

  // 2. The record comes back; the dialler pulls it as a dial request with a request to call.
  const { requests } = await dialer.pull({ free: 1 });
  const [request] = requests;
  expect(requests).toHaveLength(1);
  expect(request).toMatchObject({
    number: '+12125550101',
    campaign: 'spring',
    handoff: { kind: 'agent' },
    userData: { first_name: 'Ada', GSW_CALLING_LIST: 'customers' },
  });
  expect(list()).toMatchObject({ record_status: recordStatus.Retrieved, attempt: 1 });
  const { attemptId = '', recordHandle = 0 } = request ?? {};

  // 3. The dialler dials.
  await dialer.report(
    { kind: 'accepted', attemptId, seq: 1 },
    { kind: 'milestone', attemptId, seq: 2, name: 'dialling', atMs: 120 },
    { kind: 'milestone', attemptId, seq: 3, name: 'answered', atMs: 6_400 },
  );
  expect(attempt()).toMatchObject({ state: 'accepted' });

  // 4. What answers is a live person. The call result goes to OCS.
  await dialer.report({ kind: 'result', attemptId, seq: 4, result: callResult.Answer, evidence: null });
  expect(attempt()).toMatchObject({ result: callResult.Answer, decided_at: startOfTest });

  // 5. At the same time the call and the customer's data go to an agent; the data is there first.
  const named = await dialer.agent(attemptId);
  expect(named.agent).toEqual({ agentId: 'agent-7', extension: '2007' });
  expect(await desktop.event('CallArriving')).toMatchObject({
    GSW_RECORD_HANDLE: recordHandle,
    GSW_CALL_ATTEMPT_GUID: attemptId,
    GSW_PHONE: '+12125550101',
    first_name: 'Ada',
  });
  await dialer.report({ kind: 'connected', attemptId, seq: 5, agentId: 'agent-7', extension: '2007' });
  expect(await desktop.event('CallConnected')).toMatchObject({ GSW_RECORD_HANDLE: recordHandle });

  // 6. The agent updates the record and sends it to OCS.
  // 7. OCS keeps the update in its buffer and acknowledges; this repeats as often as the agent likes.
  for (const plan of ['plus', 'premium']) {
    const acknowledged = await desktop.ask('UpdateCallCompletionStats', {
      GSW_RECORD_HANDLE: recordHandle,
      plan_name: plan,
    });
    expect(acknowledged.GSW_USER_EVENT).toBe('UpdateCallCompletionStatsAcknowledge');
  }
  const refused = await desktop.ask('UpdateCallCompletionStats', { GSW_RECORD_HANDLE: 999, plan_name: 'x' });
  expect(refused).toMatchObject({ GSW_USER_EVENT: 'Error', GSW_ERROR: 'UNKNOWN_RECORD' });
  expect(JSON.parse(list().user_fields as string)).toEqual({ first_name: 'Ada', plan_name: 'basic' });

  // 8. The call ends; the agent sends the final "record processed".
  bench.clock.advance(60_000);
  await dialer.report({
    kind: 'outcome',
    attemptId,
    seq: 6,
    outcome: outcome('Answer', {
      status: 'transferred',
      agentId: 'agent-7',
      milestones: { answered: 6_400 },
    }),
  });
  await desktop.ask('CallReleased', { GSW_RECORD_HANDLE: recordHandle });
  expect(list()).toMatchObject({ record_status: recordStatus.Retrieved });
  const done = await desktop.ask('RecordProcessed', {
    GSW_RECORD_HANDLE: recordHandle,
    GSW_CALL_RESULT: callResult.Answer,
    comment: 'bought',
  });

  // 9. OCS acknowledges that the transaction is complete.
  expect(done.GSW_USER_EVENT).toBe('RecordProcessedAcknowledge');

  // 10. At the same time the final update went to the database.
  expect(list()).toMatchObject({
    record_status: recordStatus.Updated,
    record_type: recordType.General,
    call_result: callResult.Answer,
    attempt: 1,
    call_time: startOfTest / 1_000,
    campaign: 'spring',
    agent_id: 'agent-7',
    current_attempt: null,
  });
  expect(JSON.parse(list().user_fields as string)).toEqual({
    first_name: 'Ada',
    plan_name: 'premium',
    comment: 'bought',
  });
  expect(attempt()).toMatchObject({
    state: 'ended',
    result: callResult.Answer,
    status: 'transferred',
    agent_id: 'agent-7',
    ended_at: startOfTest + 60_000,
  });
  expect(await bench.api('GET', '/campaigns/spring')).toMatchObject({
    finished: true,
    live: 1,
    abandoned: 0,
    agents: { ready: 1 },
  });
  database.close();
  await bench.close();
});
