import { once } from 'node:events';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { agentDaySchema, deskHistorySchema, deskReplySchema } from '../../../../src/api/desk.ts';
import { openAccess, type AccessBench, type Browser } from '../../../support/ocs/access.ts';
import { openDialer, outcome } from '../../../support/ocs/ocs.ts';

const token = 'the-api-token-of-tests';
let bench: AccessBench;
beforeEach(async () => {
  bench = await openAccess({ tokens: { api: token } });
});
afterEach(() => bench.ocs.stop());

const load = (name: string, group: string, more = {}) =>
  bench.ask('POST', '/api/v1/campaigns', {
    token,
    body: {
      definition: { name, list: name, mode: 'progressive', group, ...more },
      csv: 'phone\n+12125550101\n+12125550102\n',
    },
  });

it('shows an agent the campaigns of its own groups, and no others', async () => {
  const desk = { results: [{ label: 'Sale', result: 'Answer' }], reasons: ['Lunch'] };
  await load('spring', 'sales', {
    desk,
    dailyWindow: { from: '08:00', till: '21:00', tz: 'America/New_York' },
  });
  await load('autumn', 'collections');
  const agent = await bench.enter('ben', 'agent', ['sales']);
  const { body, status } = await bench.ask('GET', '/api/v1/desk', { as: agent });
  expect(status).toBe(200);
  expect(deskReplySchema.parse(body)).toEqual(body);
  expect(body).toEqual({
    campaigns: [
      {
        name: 'spring',
        group: 'sales',
        running: false,
        left: 2,
        // It is noon in New York.
        window: { from: 28_800, till: 75_600, tz: 'America/New_York', open: true },
        desk: { results: [{ label: 'Sale', result: 33 }], reasons: ['Lunch'] },
      },
    ],
  });
  bench.clock.advance(10 * 3_600_000);
  const later = await bench.ask('GET', '/api/v1/desk', { as: agent });
  expect(later.status).toBe(200);
  expect(later.body).toMatchObject({ campaigns: [{ window: { open: false } }] });
});

it('refuses what a desk cannot show', async () => {
  const { body } = await load('spring', 'sales', { desk: { wrapUpMs: 5_000 } });
  expect(body.error).toMatchObject({ code: 'BAD_ARGUMENT', field: 'definition.desk.wrapUpMs' });
  const named = await load('spring', 'sales', { desk: { fields: [{ name: 'GSW_PHONE' }] } });
  expect(named.body.error?.field).toBe('definition.desk.fields.0.name');
});

/** An agent at a desk; asks, and waits for the acknowledgement. */
async function sit(as: Browser, url: string) {
  const headers = { cookie: as.cookie, origin: url };
  const socket = new WebSocket(`${url.replace('http', 'ws')}/desktop/v1`, { headers });
  await once(socket, 'open');
  const say = async (request: string, more: object = {}, answer = `${request}Acknowledge`) => {
    socket.send(JSON.stringify({ GSW_AGENT_REQ_TYPE: request, ...more }));
    for (;;) {
      const [data] = (await once(socket, 'message')) as [Buffer];
      const message = JSON.parse(data.toString()) as Record<string, unknown>;
      if (message['GSW_USER_EVENT'] === 'Error') throw new Error(JSON.stringify(message));
      if (message['GSW_USER_EVENT'] === answer) return message;
    }
  };
  await say('Login', { GSW_AGENT_ID: as.name, GSW_EXTENSION: '2007', GSW_GROUP: 'sales' });
  return { socket, say };
}

it('tells an agent its own day: times, results, callbacks; and what the open record came to before', async () => {
  const url = await bench.ocs.listen({ port: 0 });
  await load('spring', 'sales', { dailyWindow: { from: '00:00', till: '24:00' } });
  await bench.ask('POST', '/api/v1/campaigns/spring/start', { token });
  const ben = await bench.enter('ben', 'agent', ['sales']);
  const day = async (id: string, as = ben) => {
    const from = bench.clock.now() - 3_600_000;
    return bench.ask('GET', `/api/v1/agents/${id}/day?from=${String(from)}`, { as });
  };
  expect((await day('ben')).body).toEqual({ states: [], results: {}, callbacks: [] });
  const { say, socket } = await sit(ben, url);
  await say('Ready', {}, 'ReadyAcknowledge');
  bench.clock.advance(60_000);
  const dialer = await openDialer(url, 'd1', {});
  const call = async (close: string, more: object) => {
    const { requests } = await dialer.pull();
    const [{ attemptId = '', recordHandle = 0 } = {}] = requests;
    await dialer.agent(attemptId);
    const history = await bench.ask('GET', '/api/v1/desk/history', { as: ben });
    await dialer.report({ kind: 'connected', attemptId, seq: 1, agentId: 'ben', extension: '2007' });
    const said = outcome('Answer', { status: 'transferred', agentId: 'ben' });
    await dialer.report({ kind: 'outcome', attemptId, seq: 2, outcome: said });
    bench.clock.advance(120_000);
    await say(close, { GSW_RECORD_HANDLE: recordHandle, ...more });
    return history.body;
  };
  expect(await call('RecordProcessed', { GSW_CALL_RESULT: 33 })).toEqual({ attempts: [] });
  const at = { GSW_DATE_TIME: '01/06/2026 10:00', GSW_CALLBACK_TYPE: 'Personal' };
  await call('RecordReschedule', at);
  const { body } = await day('ben');
  expect(agentDaySchema.parse(body)).toEqual(body);
  expect(body).toMatchObject({
    states: expect.arrayContaining([
      { state: 'ready', reason: null, ms: 60_000 },
      { state: 'busy', reason: null, ms: 240_000 },
    ]) as object,
    results: { Answer: 2 },
    callbacks: [{ phone: '+12125550102', customer: '', tz: 'UTC', campaign: 'spring' }],
  });
  // The callback falls due: its history has the attempt before.
  bench.clock.advance(24 * 3_600_000);
  const history = await call('RecordProcessed', { GSW_CALL_RESULT: 33 });
  expect(deskHistorySchema.parse(history)).toEqual(history);
  expect(history).toMatchObject({ attempts: [{ resultName: 'Answer', agentId: 'ben' }] });
  socket.terminate();
});

it('tells it to nobody else but the supervisors of the group', async () => {
  const url = await bench.ocs.listen({ port: 0 });
  const ben = await bench.enter('ben', 'agent', ['sales']);
  const { socket } = await sit(ben, url);
  const status = async (as: Browser) => (await bench.ask('GET', '/api/v1/agents/ben/day', { as })).status;
  expect(await status(await bench.enter('ann', 'agent', ['sales']))).toBe(404);
  expect(await status(await bench.enter('eve', 'engineer'))).toBe(403);
  expect(await status(await bench.enter('sue', 'supervisor', ['service']))).toBe(403);
  expect(await status(await bench.enter('sam', 'supervisor', ['sales']))).toBe(200);
  expect((await bench.ask('GET', '/api/v1/desk/history', { as: ben })).status).toBe(404);
  socket.terminate();
});
