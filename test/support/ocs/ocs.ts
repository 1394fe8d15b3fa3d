import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import WebSocket from 'ws';
import type { CampaignDefinitionInput } from '../../../src/api/campaign-definition.ts';
import { manualClock, type ManualClock } from '../../../src/ocs/clock.ts';
import type { OcsConfigInput } from '../../../src/ocs/config.ts';
import { createOcs, type Ocs } from '../../../src/ocs/ocs.ts';
import type { Outcome } from '../../../src/domain/outcome.ts';
import { callResult } from '../../../src/domain/result.ts';
import type { AgentReply, PullReply, PullRequest, Report, ReportsReply } from '../../../src/link/schemas.ts';
import { storeOfTest } from './store-of-tests.ts';
import { silentLog } from '../silent-log.ts';

/** Monday 5 January 2026, 17:00 UTC: noon in New York, office hours in Berlin. */
export const startOfTest = Date.UTC(2026, 0, 5, 17);

export interface OcsBench {
  readonly ocs: Ocs;
  readonly url: string;
  readonly clock: ManualClock;
  readonly wire: ManualClock;
  readonly database: string;
  readonly folder: string;
  api: <T = Record<string, unknown>>(method: string, path: string, body?: unknown) => Promise<T>;
  load: (definition: CampaignDefinitionInput, csv: string) => Promise<Record<string, unknown>>;
  start: (name: string) => Promise<unknown>;
  dialer: (dialerId?: string, capabilities?: object) => Promise<TestDialer>;
  desktop: () => Promise<TestDesktop>;
  /** Stops OCS and starts another on the same file. */
  restart: () => Promise<OcsBench>;
  close: () => Promise<void>;
}

/** An OCS on loopback with a database file of its own; all time stands still unless the test moves it. */
export async function openBench(
  config: OcsConfigInput = {},
  options: { folder?: string; clock?: ManualClock; wire?: ManualClock } = {},
): Promise<OcsBench> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'ocs-test-'));
  const clock = options.clock ?? manualClock(startOfTest);
  const wire = options.wire ?? manualClock(startOfTest);
  const database = join(folder, 'ocs.db');
  const ocs = await createOcs({
    database: await storeOfTest(database),
    ...{ clock, wireClock: wire, log: silentLog, config, version: 'test' },
  });
  const url = await ocs.listen({ port: 0 });
  const sockets: WebSocket[] = [];
  const api: OcsBench['api'] = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      ...(body !== undefined && {
        body: typeof body === 'string' ? body : JSON.stringify(body),
        headers: { 'content-type': typeof body === 'string' ? 'text/csv' : 'application/json' },
      }),
    });
    const text = await response.text();
    return (response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text) as T;
  };
  const closeSockets = () => {
    for (const socket of sockets) socket.terminate();
  };
  return {
    ocs,
    url,
    clock,
    wire,
    database,
    folder,
    api,
    load: (definition, csv) => api('POST', '/campaigns', { definition, csv }),
    start: (name) => api('POST', `/campaigns/${name}/start`),
    dialer: (dialerId = 'dialler-1', capabilities = {}) => openDialer(url, dialerId, capabilities),
    desktop: async () => {
      const socket = new WebSocket(`${url.replace('http', 'ws')}/desktop/v1`);
      sockets.push(socket);
      return openDesktop(socket);
    },
    restart: async () => {
      closeSockets();
      await ocs.stop();
      return openBench(config, { folder, clock, wire });
    },
    close: async () => {
      closeSockets();
      await ocs.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A dialler that does what the test says. */
export interface TestDialer {
  readonly sessionId: string;
  post<T>(path: string, body: object, signal?: AbortSignal): Promise<{ status: number; body: T }>;
  pull(options?: Partial<PullRequest>): Promise<PullReply>;
  report(...reports: Report[]): Promise<ReportsReply>;
  agent(attemptId: string, failed?: string[]): Promise<AgentReply>;
}

export async function openDialer(url: string, dialerId: string, capabilities: object): Promise<TestDialer> {
  const post = async <T>(path: string, body: object, signal?: AbortSignal) => {
    const response = await fetch(`${url}/link/v1${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      ...(signal !== undefined && { signal }),
    });
    return { status: response.status, body: (await response.json()) as T };
  };
  const registered = await post<{ sessionId: string }>('/register', {
    dialerId,
    linkVersion: 1,
    softwareVersion: 'test',
    boards: [{ name: 'sim', driver: 'sim', spans: [{ span: 0, kind: 'isdn', channels: 30 }] }],
    capabilities: {
      handoff: ['agent', 'destination'],
      plans: ['US'],
      modes: ['telephony_preset', 'accurate_am_detection'],
      ...capabilities,
    },
  });
  const { sessionId } = registered.body;
  const session = { dialerId, sessionId };
  return {
    sessionId,
    post,
    pull: async (options = {}) => {
      const { body } = await post<PullReply>('/pull', {
        ...session,
        free: 30,
        channels: { inService: 30, busy: 0 },
        waitMs: 0,
        active: [],
        ...options,
      });
      return body;
    },
    report: async (...reports) => (await post<ReportsReply>('/reports', { ...session, reports })).body,
    agent: async (attemptId, failed) =>
      (await post<AgentReply>('/agent-requests', { ...session, attemptId, ...(failed && { failed }) })).body,
  };
}

export function outcome(result: keyof typeof callResult, more: Partial<Outcome> = {}): Outcome {
  return {
    result: callResult[result],
    status: 'dropped',
    reason: null,
    evidence: null,
    milestones: {},
    channel: 1,
    agentId: null,
    ...more,
  };
}

type DesktopMessage = Record<string, string | number>;

/** An agent's desktop: a real WebSocket client. */
export interface TestDesktop {
  readonly socket: WebSocket;
  send(message: DesktopMessage): void;
  /** Sends a request and waits for its answer. */
  ask(request: string, more?: DesktopMessage): Promise<DesktopMessage>;
  /** Waits for an event of that name; earlier ones count too, each once. */
  event(name: string): Promise<DesktopMessage>;
  login(agentId: string, extension: string, group?: string): Promise<DesktopMessage>;
  /** Events nobody waited for. */
  readonly inbox: DesktopMessage[];
  drop(): Promise<void>;
}

async function openDesktop(socket: WebSocket): Promise<TestDesktop> {
  const inbox: DesktopMessage[] = [];
  const waiting: { suits: (message: DesktopMessage) => boolean; resolve: (m: DesktopMessage) => void }[] = [];
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as DesktopMessage;
    const index = waiting.findIndex(({ suits }) => suits(message));
    if (index === -1) inbox.push(message);
    else waiting.splice(index, 1)[0]?.resolve(message);
  });
  await once(socket, 'open');
  const next = (suits: (message: DesktopMessage) => boolean) =>
    new Promise<DesktopMessage>((resolve) => {
      const index = inbox.findIndex(suits);
      const [found] = index === -1 ? [] : inbox.splice(index, 1);
      if (found === undefined) waiting.push({ suits, resolve });
      else resolve(found);
    });
  let references = 0;
  const send = (message: DesktopMessage) => {
    socket.send(JSON.stringify(message));
  };
  const ask: TestDesktop['ask'] = (request, more = {}) => {
    references += 1;
    const reference = references;
    send({ GSW_AGENT_REQ_TYPE: request, GSW_REFERENCE_ID: reference, ...more });
    return next((message) => message.GSW_REFERENCE_ID === reference);
  };
  return {
    socket,
    inbox,
    send,
    ask,
    event: (name) => next((message) => message.GSW_USER_EVENT === name),
    login: (agentId, extension, group = 'sales') =>
      ask('Login', { GSW_AGENT_ID: agentId, GSW_EXTENSION: extension, GSW_GROUP: group }),
    drop: async () => {
      const closed = once(socket, 'close');
      socket.terminate();
      await closed;
    },
  };
}
