import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ChannelsReply } from '../../../src/api/admin.ts';
import type { CampaignStatus } from '../../../src/api/campaigns.ts';
import { addressOf, killAll, run, scratch, startDaemon } from '../programs.ts';

const speed = 8;
const speech = new URL('../../../examples/speech', import.meta.url).pathname;
const numberOf = (i: number) => `+121255501${String(i).padStart(2, '0')}`;
const people = ['live-03-en.wav', 'live-07-en.wav', 'live-08-en.wav', 'live-03-en.wav', 'live-07-en.wav'];
const talkMs = 6_000;

const files = {
  'ocsd.yaml': `listen: {port: 0}\nclock: {speed: ${speed}}\n`,
  'cpdd.yaml': `board:
  driver: sim
  trunks: [{kind: isdn, channels: 8}]
  clock: {speed: ${speed}}
  world:
    audioFolder: ${speech}
    unlisted: busy
    subscribers:
${people
  .map(
    (wav, i) =>
      `      - {number: '${numberOf(i)}', kind: live, speech: [${wav}], ringMs: 3000, talkMs: ${talkMs}, patienceMs: 20000}`,
  )
  .join('\n')}
dialPlan: {allow: ['^\\+1']}
admin: {port: 0}
drain: {flushMs: 500}
`,
  'seized.yaml': `name: seized
list: customers
mode: progressive_with_seizing
group: sales
handoff: {kind: engaged, group: sales}
agentTimeoutMs: 5000
dailyWindow: {from: 0, till: 86399}
`,
  'customers.csv': `phone\n${[...people, 'busy', 'busy', 'busy'].map((_, i) => numberOf(i)).join('\n')}\n`,
};

let folder: ReturnType<typeof scratch>;
beforeEach(() => {
  folder = scratch(files);
});
afterEach(() => {
  killAll();
  folder.remove();
});

type Message = Record<string, string | number>;

/** An agent who closes each record as soon as the call ended, or (hasty) while the customer still talks. */
function startAgent(url: string, agentId: string, extension: string, hasty: boolean) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/desktop/v1`);
  const events: string[] = [];
  const loggedOut = Promise.withResolvers<void>();
  const ask = (request: string, more: Message = {}) => {
    socket.send(JSON.stringify({ GSW_AGENT_REQ_TYPE: request, ...more }));
  };
  socket.addEventListener('open', () => {
    ask('Login', { GSW_AGENT_ID: agentId, GSW_EXTENSION: extension, GSW_GROUP: 'sales' });
  });
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as Message;
    const event = String(message.GSW_USER_EVENT);
    events.push(event === 'Error' ? `Error ${String(message.GSW_ERROR_MESSAGE)}` : event);
    const record = { GSW_RECORD_HANDLE: message.GSW_RECORD_HANDLE ?? 0 };
    if (event === 'LoginAcknowledge') ask('Ready');
    if (event === (hasty ? 'CallConnected' : 'CallEnded'))
      ask('RecordProcessed', { ...record, note: agentId });
    if (event === 'LogOutAcknowledge') loggedOut.resolve();
  });
  return {
    events,
    logOut: () => {
      ask('LogOut');
      return loggedOut.promise;
    },
  };
}

async function until<T>(ask: () => Promise<T>, fits: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (fits(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

it('joins persons with the legs of their agents, one after another, and lets the legs go at the end', async () => {
  const ocsd = startDaemon('ocsd', ['--config', folder.path('ocsd.yaml')]);
  const ocs = await addressOf(ocsd, 'url');
  const cpdd = startDaemon('cpdd', ['--config', folder.path('cpdd.yaml'), '--ocs-url', ocs]);
  const admin = await addressOf(cpdd, 'admin');
  const env = { CPDCTL_OCS_URL: ocs };
  const load = ['campaign', 'load', folder.path('seized.yaml'), folder.path('customers.csv')];
  expect(await run('cpdctl', load, env)).toMatchObject({ code: 0, stderr: '' });
  const agents = [startAgent(ocs, 'ann', '7001', false), startAgent(ocs, 'bob', '7002', true)];
  expect((await run('cpdctl', ['campaign', 'start', 'seized'], env)).code).toBe(0);

  const get = async <T>(url: string) => (await (await fetch(url)).json()) as T;
  await until(
    () => get<CampaignStatus>(`${ocs}/api/v1/campaigns/seized`),
    ({ finished }) => finished,
  );
  const { attempts } = await get<{
    attempts: {
      phone: string;
      status: string;
      agent_id: string | null;
      milestones: Record<string, number>;
    }[];
  }>(`${ocs}/api/v1/attempts?limit=100`);
  expect(attempts).toHaveLength(8);
  const live = attempts.filter(({ phone }) => people.some((_, i) => numberOf(i) === phone));
  expect(live).toHaveLength(people.length);
  for (const { status, agent_id, milestones } of live) {
    expect({ status, agent: ['ann', 'bob'].includes(agent_id ?? '') }).toEqual({
      status: 'transferred',
      agent: true,
    });
    // The conversation lasted as long as the person wanted, whenever the agent closed the record.
    const { agentConnected = NaN, released = NaN } = milestones;
    expect(released - agentConnected).toBeGreaterThanOrEqual(talkMs - 100);
  }
  expect(new Set(live.map(({ agent_id }) => agent_id)).size).toBe(2);

  await Promise.all(agents.map((agent) => agent.logOut()));
  for (const { events } of agents) expect(events.filter((event) => event.startsWith('Error'))).toEqual([]);
  const channels = await until(
    () => get<ChannelsReply>(`${admin}/admin/v1/channels`),
    (reply) => reply.channels.every(({ use }) => use === 'idle'),
  );
  expect(channels.channels).toHaveLength(8);
  cpdd.signal('SIGTERM');
  expect((await cpdd.ended).code).toBe(0);
});
