import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import WebSocket from 'ws';
import { callResult } from '../../src/domain/result.ts';
import { linkOperations } from '../../src/api/link.ts';
import type { Operation } from '../../src/api/operation.ts';
import { supervisorOperations } from '../../src/api/supervisor.ts';
import { engagementReportSchema, reportSchema } from '../../src/link/schemas.ts';
import { desktopRequests } from '../../src/ocs/api/desktop-messages.ts';
import { manualClock } from '../../src/ocs/clock.ts';
import { createOcs } from '../../src/ocs/ocs.ts';
import { openStore } from '../../src/ocs/store/store.ts';
import { createFailingWrites } from '../support/ocs/failing-writes.ts';
import { outcome, startOfTest } from '../support/ocs/ocs.ts';
import { silentLog } from '../support/silent-log.ts';
import { withoutSync } from '../support/ocs/without-sync.ts';

type Message = Record<string, string | number>;
/** What was answered: `OK`, or the code of the error. */
type Answer = string;

const tables = [
  'records',
  'attempts',
  'agent_work',
  'campaigns',
  'live_counts',
  'dnc',
  'dnc_batches',
  'dnc_batch_entries',
  'phone_blocks',
  'dial_history',
  'windows',
];
const csv = 'phone,tz,customer_id\n5550101,UTC,K1\n5550102,UTC,K1\n5550103,UTC,K3\n5550104,UTC,K4\n';
const treatments = [{ result: 'Busy', retryMinutes: 10, retries: 1 }];

/** What was carried out while writes were made to fail, by its name among {@link everything}. */
const tried = new Set<string>();
let trying = false;
const carriedOut = (name: string) => {
  if (trying) tried.add(name);
};

/** Every request that changes something: of supervisors and diallers, of desktops, and what a dialler can report. */
const httpOperations: [string, Operation][] = [
  ...Object.entries(supervisorOperations),
  ...Object.entries(linkOperations),
];
/** What these tell goes to whoever looks, and is never stored. */
const storedNowhere = ['live', 'recording'];
const everything = [
  ...httpOperations
    .filter(([name, { method }]) => method !== 'GET' && !storedNowhere.includes(name))
    .map(([name]) => name),
  ...Object.keys(desktopRequests).map((name) => `desktop ${name}`),
  ...reportSchema.def.right.options.map(({ shape }) => `report ${shape.kind.value}`),
  ...engagementReportSchema.shape.state.options.map((state) => `leg ${state}`),
];

/** The operation that a request is for. */
function nameOf(method: string, url: string): string {
  const [path = ''] = url.split('?');
  const found = httpOperations.find(([, operation]) => {
    const form = operation.path.replaceAll(/:[a-z]+/gi, '[^/]+');
    return operation.method === method && new RegExp(`^${form}$`).test(path);
  });
  if (found === undefined) throw new Error(`no operation is ${method} ${path}`);
  return found[0];
}

withoutSync();

/** What a file of a new OCS has in it: made once, since it takes as long as many an operation. */
const emptyDatabase = (() => {
  const folder = mkdtempSync(join(tmpdir(), 'ocs-empty-'));
  const file = join(folder, 'ocs.db');
  openStore(file).close();
  const bytes = readFileSync(file);
  rmSync(folder, { recursive: true });
  return bytes;
})();

/** An OCS with all who talk to it: a supervisor, two agents, a dialler. */
async function openWorld() {
  const folder = mkdtempSync(join(tmpdir(), 'ocs-full-'));
  const database = join(folder, 'ocs.db');
  writeFileSync(database, emptyDatabase);
  const clock = manualClock(startOfTest);
  const wireClock = manualClock(startOfTest);
  const ocs = await createOcs({ database, clock, wireClock, log: silentLog, version: 'test' });
  const url = await ocs.listen({ port: 0 });
  const reader = new Database(database, { readonly: true });
  const sockets: WebSocket[] = [];
  const pushed: Message[][] = [];
  let references = 0;
  const attempts: { attemptId: string; handle: number; seq: number }[] = [];
  let session: object = { dialerId: 'd1', sessionId: 'none' };

  const http = async (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, body?: unknown) => {
    const type = typeof body === 'string' ? 'text/csv' : 'application/json';
    const payload = typeof body === 'string' ? body : JSON.stringify(body);
    const reply = await ocs.app.inject({
      method,
      url,
      ...(body !== undefined && { payload, headers: { 'content-type': type } }),
    });
    const json = reply.json<Record<string, unknown> & { error?: { code: string } }>();
    const name = nameOf(method, url);
    if (json.error === undefined) carriedOut(name);
    return { json, answer: json.error?.code ?? 'OK' };
  };
  const desk = async (n: number): Promise<WebSocket> => {
    const open = sockets[n];
    if (open !== undefined) return open;
    const socket = new WebSocket(`${url.replace('http', 'ws')}/desktop/v1`);
    const inbox: Message[] = [];
    socket.on('message', (data: Buffer) => inbox.push(JSON.parse(data.toString()) as Message));
    sockets[n] = socket;
    pushed[n] = inbox;
    await once(socket, 'open');
    return socket;
  };
  /** The message to a desktop's entry; what the agent was sent besides its answer stays in `pushed`. */
  const ask = async (n: number, request: string, more: Message = {}): Promise<Answer> => {
    const socket = await desk(n);
    references += 1;
    const reference = references;
    socket.send(JSON.stringify({ GSW_AGENT_REQ_TYPE: request, GSW_REFERENCE_ID: reference, ...more }));
    for (;;) {
      const index = pushed[n]?.findIndex((message) => message['GSW_REFERENCE_ID'] === reference) ?? -1;
      const [found] = index === -1 ? [] : (pushed[n]?.splice(index, 1) ?? []);
      if (found !== undefined) {
        if (found['GSW_ERROR'] === undefined) carriedOut(`desktop ${request}`);
        return String(found['GSW_ERROR'] ?? 'OK');
      }
      await once(socket, 'message');
    }
  };
  /** Only without a record: a LogOut that waits for one is not answered. */
  const logOut = async (n: number): Promise<Answer> => {
    const { json } = await http('GET', '/api/v1/agents');
    const agents = json['agents'] as {
      agentId: string;
      attemptId: string | null;
      recordHandle: number | null;
    }[];
    const known = agents.find(({ agentId }) => agentId === `a${String(n)}`);
    const isFree = known?.attemptId === null && known.recordHandle === null;
    return isFree ? ask(n, 'LogOut') : 'OK';
  };
  const at = <T>(items: readonly T[], n: number): T | undefined => items[n % Math.max(1, items.length)];
  const report = async (n: number, more: { kind: string } & Record<string, unknown>): Promise<Answer> => {
    const attempt = at(attempts, n);
    if (attempt === undefined) return 'OK';
    const { attemptId, seq } = attempt;
    const body = { ...session, reports: [{ attemptId, seq, ...more }] };
    const { json, answer } = await http('POST', '/link/v1/reports', body);
    if (answer === 'OK') attempt.seq += 1;
    const refused = json['refused'] as { code: string }[] | undefined;
    const told = refused?.[0]?.code ?? answer;
    if (told === 'OK') carriedOut(`report ${more.kind}`);
    return told;
  };
  const handleOf = (n: number) => at(attempts, n)?.handle ?? 1;
  /** A load that was taken back has used up handles: a record is named by its place among those that are there. */
  const handles = reader.prepare('select handle from records order by handle').pluck();
  const handleAt = (n: number) => (handles.all() as number[])[n] ?? n + 1;
  // A window without a list is one that is not used any more.
  const kept: Record<string, string> = { windows: `where list <> ''` };
  const contents = tables.map(
    (name) => [name, reader.prepare(`select * from ${name} ${kept[name] ?? ''}`)] as const,
  );
  const rows = () => Object.fromEntries(contents.map(([name, all]) => [name, all.all()]));
  // That the store was in trouble is to be told.
  const status = async () => {
    const { json } = await http('GET', '/api/v1/campaigns');
    return (json['campaigns'] as Record<string, unknown>[]).map((each) => ({ ...each, obstacles: null }));
  };

  return {
    /** What the supervisor sees and what is in the store. */
    look: async () => ({
      campaigns: await status(),
      // One that was taken back is told last; nothing depends on the order.
      agents: ((await http('GET', '/api/v1/agents')).json['agents'] as { agentId: string }[]).sort((a, b) =>
        a.agentId < b.agentId ? -1 : 1,
      ),
      diallers: (await http('GET', '/api/v1/diallers')).json,
      pushed: pushed.flat().length,
      rows: rows(),
    }),
    status,
    /** So long until it is noticed that the store can be written again. */
    recover: () => {
      clock.advance(500);
    },
    http,
    ask,
    logOut,
    report,
    handleOf,
    handleAt,
    attempt: (n: number) => at(attempts, n),
    link: (path: string, body: object) => http('POST', `/link/v1/${path}`, { ...session, ...body }),
    register: async (): Promise<Answer> => {
      const { json, answer } = await http('POST', '/link/v1/register', {
        dialerId: 'd1',
        linkVersion: 1,
        softwareVersion: 'test',
        boards: [],
        capabilities: { handoff: ['agent'], plans: [], modes: ['telephony_preset', 'accurate_am_detection'] },
      });
      if (answer === 'OK') session = { dialerId: 'd1', sessionId: json['sessionId'] };
      return answer;
    },
    pull: async (free: number): Promise<Answer> => {
      const { json, answer } = await http('POST', '/link/v1/pull', {
        ...session,
        free,
        channels: { inService: 30, busy: 0 },
        waitMs: 0,
        active: attempts.map(({ attemptId }) => attemptId),
      });
      for (const { attemptId, recordHandle: handle } of (json['requests'] ?? []) as {
        attemptId: string;
        recordHandle: number;
      }[]) {
        attempts.push({ attemptId, handle, seq: 1 });
      }
      return answer;
    },
    close: async () => {
      reader.close();
      for (const socket of sockets) socket.terminate();
      await ocs.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
type World = Awaited<ReturnType<typeof openWorld>>;

/** Every operation that changes something, with numbers for what it is about. */
const operations: Record<string, (world: World, a: number, b: number) => Promise<Answer>> = {
  load: async ({ http }, a) => {
    const list = `l${String(a % 2)}`;
    const definition = { name: `c${String(a % 2)}`, list, mode: 'progressive', group: 'sales', treatments };
    return (await http('POST', '/api/v1/campaigns', { definition, csv })).answer;
  },
  start: async ({ http }, a) =>
    (await http('POST', `/api/v1/campaigns/c${String(a % 2)}/start`, undefined)).answer,
  stop: async ({ http }, a) =>
    (await http('POST', `/api/v1/campaigns/c${String(a % 2)}/stop`, undefined)).answer,
  unload: async ({ http }, a, b) =>
    (await http('POST', `/api/v1/campaigns/c${String(a % 2)}/unload?force=${String(b % 2 === 0)}`)).answer,
  importList: async ({ http }, a, b) =>
    (await http('POST', `/api/v1/lists/l${String(a % 2)}/import`, `phone\n55502${String(b + 10)}\n`)).answer,
  cancelRecord: async ({ http, handleAt }, a) =>
    (await http('POST', `/api/v1/records/${String(handleAt(a % 6))}/cancel`)).answer,
  forbid: async ({ http }, a) =>
    (await http('POST', '/api/v1/dnc', { phone: `555010${String(a % 5)}`, customerId: 'K9' })).answer,
  allow: async ({ http }, a) => (await http('DELETE', `/api/v1/dnc?phone=555010${String(a % 5)}`)).answer,
  importForbidden: async ({ http }, a) =>
    (
      await http(
        'POST',
        `/api/v1/dnc/import?batch=b${String(a % 2)}`,
        `phone,customer_id\n555010${String(a % 5)},K1\n,K2\n`,
      )
    ).answer,
  undoForbidden: async ({ http }, a) =>
    (await http('DELETE', `/api/v1/dnc/batches/b${String(a % 2)}`)).answer,
  register: ({ register }) => register(),
  pull: ({ pull }, a) => pull((a % 3) + 1),
  accepted: ({ report }, a) => report(a, { kind: 'accepted' }),
  dialling: ({ report }, a) => report(a, { kind: 'milestone', name: 'dialling', atMs: 10 }),
  answered: ({ report }, a) => report(a, { kind: 'milestone', name: 'answered', atMs: 20 }),
  result: ({ report }, a) => report(a, { kind: 'result', result: callResult.Answer, evidence: null }),
  connected: ({ report }, a, b) =>
    report(a, { kind: 'connected', agentId: `a${String(b % 2)}`, extension: `200${String(b % 2)}` }),
  ended: ({ report }, a, b) => {
    const ends = [
      outcome('Answer', { status: 'transferred', agentId: 'a0' }),
      outcome('Answer', { status: 'abandoned' }),
      outcome('Busy', { status: 'released' }),
      outcome('AnsweringMachine', { status: 'dropped' }),
    ];
    return report(a, { kind: 'outcome', outcome: ends[b % ends.length] });
  },
  optOut: ({ report }, a) => report(a, { kind: 'do_not_call', key: '9' }),
  handBack: ({ report }, a) => report(a, { kind: 'hand_back', reason: 'no channel' }),
  agentFor: async ({ link, attempt }, a, b) =>
    (
      await link('agent-requests', {
        attemptId: attempt(a)?.attemptId ?? 'none',
        ...(b % 3 === 0 && { failed: ['a0'] }),
      })
    ).answer,
  leg: async ({ link }, a, b) => {
    const states = engagementReportSchema.shape.state.options;
    const state = states[b % states.length] ?? 'up';
    const leg = { engagementId: `e${String(a)}`, state, reason: null };
    const { answer } = await link('reports', { reports: [], engagements: [leg] });
    if (answer === 'OK') carriedOut(`leg ${state}`);
    return answer;
  },
  logOut: ({ logOut }, a) => logOut((a + 1) % 2),
  label: async ({ attempt, http }, a, b) => {
    const { attemptId = 'none' } = attempt(a) ?? {};
    const was = (['person', 'machine', null] as const)[b % 3];
    return (await http('PUT', `/api/v1/attempts/${attemptId}/label`, { was })).answer;
  },
  setNotReady: async ({ http }, a) =>
    (await http('POST', `/api/v1/agents/a${String(a % 2)}/not-ready`, {})).answer,
  logOutAgent: async ({ http }, a) => (await http('POST', `/api/v1/agents/a${String(a % 2)}/log-out`)).answer,
  alive: ({ ask }, a) => ask(a % 2, 'Alive'),
  campaignStatus: ({ ask }, a) => ask(a % 2, 'CampaignStatusRequest'),
  login: ({ ask }, a) =>
    ask(a % 2, 'Login', {
      GSW_AGENT_ID: `a${String(a % 2)}`,
      GSW_EXTENSION: `200${String(a % 2)}`,
      GSW_GROUP: 'sales',
    }),
  ready: ({ ask }, a) => ask(a % 2, 'Ready'),
  notReady: ({ ask }, a) => ask(a % 2, 'NotReady'),
  hungUp: ({ ask, handleOf }, a, b) => ask(a % 2, 'CallReleased', { GSW_RECORD_HANDLE: handleOf(b) }),
  update: ({ ask, handleOf }, a, b) =>
    ask(a % 2, 'UpdateCallCompletionStats', { GSW_RECORD_HANDLE: handleOf(b), note: 'x' }),
  processed: ({ ask, handleOf }, a, b) => ask(a % 2, 'RecordProcessed', { GSW_RECORD_HANDLE: handleOf(b) }),
  reschedule: ({ ask, handleOf }, a, b) =>
    ask(a % 2, 'RecordReschedule', {
      GSW_RECORD_HANDLE: handleOf(b),
      GSW_DATE_TIME: '01/06/2026 12:00',
      GSW_CALLBACK_TYPE: 'Personal',
    }),
  reject: ({ ask, handleOf }, a, b) => ask(a % 2, 'RecordReject', { GSW_RECORD_HANDLE: handleOf(b) }),
  cancel: ({ ask, handleOf }, a, b) => ask(a % 2, 'RecordCancel', { GSW_RECORD_HANDLE: handleOf(b) }),
  cancelPhone: ({ ask }, a, b) => ask(a % 2, 'RecordCancel', { GSW_PHONE: `555010${String(b % 5)}` }),
  doNotCall: ({ ask, handleOf }, a, b) => ask(a % 2, 'DoNotCall', { GSW_RECORD_HANDLE: handleOf(b) }),
  doNotCallPhone: ({ ask }, a, b) => ask(a % 2, 'DoNotCall', { GSW_PHONE: `555010${String(b % 5)}` }),
};
type Step = readonly [name: string, a: number, b: number];

/** Two agents at work, two calls: one with an agent, one being dialled. */
const setUp: readonly Step[] = [
  ['load', 0, 0],
  ['login', 0, 0],
  ['login', 1, 0],
  ['ready', 0, 0],
  ['ready', 1, 0],
  ['register', 0, 0],
  ['start', 0, 0],
  ['pull', 2, 0],
  ['accepted', 0, 0],
  ['answered', 0, 0],
  ['result', 0, 0],
  ['agentFor', 0, 1],
  ['connected', 0, 0],
];

/** Where an operation is refused with 0 and 0, or right after the set-up: its numbers, and what comes first. */
const withArguments: Record<string, readonly [args: readonly [number, number], first?: readonly Step[]]> = {
  load: [[1, 0]],
  undoForbidden: [[0, 0], [['importForbidden', 0, 0]]],
  handBack: [[1, 0]],
};

const writes = createFailingWrites();

/** Says it with each write failing in turn, then as it is. @returns the last answer, and how many writes failed */
async function sayWithFailures(
  world: World,
  [name, a, b]: Step,
  whole: boolean,
): Promise<{ answer: Answer; failures: number }> {
  const operation = operations[name];
  if (operation === undefined) throw new Error(`no operation ${name}`);
  for (let n = 1; ; n += 1) {
    const before = await world.look();
    writes.failAt(n, whole);
    trying = true;
    const answer = await operation(world, a, b);
    const failed = writes.end();
    trying = false;
    if (failed) expect(answer, `${name}, write ${String(n)} fails`).toBe('DATABASE_ERROR');
    if (answer !== 'OK')
      expect(await world.look(), `${name}, ${answer} at write ${String(n)}`).toEqual(before);
    if (!failed) return { answer, failures: n - 1 };
    world.recover();
  }
}

/** In a world where two agents are at work, unless the steps are those that lead there. @param first said before */
async function compare(steps: readonly Step[], whole: boolean, first: readonly Step[]): Promise<void> {
  const [failing, sound] = [await openWorld(), await openWorld()];
  try {
    for (const [name, a, b] of steps === setUp ? [] : [...setUp, ...first]) {
      for (const world of [failing, sound]) await operations[name]?.(world, a, b);
    }
    for (const step of steps) {
      const [name, a, b] = step;
      const { answer, failures } = await sayWithFailures(failing, step, whole);
      for (let n = 0; n < failures; n += 1) sound.recover();
      expect(answer, `${name} where nothing fails`).toBe(await operations[name]?.(sound, a, b));
    }
    expect(await failing.status()).toEqual(await sound.status());
  } finally {
    writes.end();
    await failing.close();
    await sound.close();
  }
}

const small = fc.nat({ max: 5 });
/** What these push to a desktop comes by another connection than their answer: when is not known. */
const pushedLater = ['setNotReady', 'logOutAgent'];
const inSequences = Object.keys(operations).filter((name) => !pushedLater.includes(name));
const anyStep = fc.tuple(fc.constantFrom(...inSequences), small, small);

test('each operation that a full disk refuses leaves store and memory as they were, and counts when it is said again', async () => {
  await compare(setUp, false, []);
  for (const name of Object.keys(operations)) {
    const [args = [0, 0], first = []] = withArguments[name] ?? [];
    await compare([[name, ...args]], name.length % 2 === 0, first);
  }
  for (const b of [1, 2]) await compare([['leg', 0, b]], false, []);
  // Whatever else can be asked has to be tried as well.
  expect(everything.filter((name) => !tried.has(name))).toEqual([]);
});

test('so does any sequence of operations', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyStep, { minLength: 5, maxLength: 12 }),
      fc.boolean(),
      fc.constant([]),
      compare,
    ),
    { numRuns: 12 },
  );
});
