/** A stand-in OCS for the bench: as many requests as are asked for, each to a number of its own, and so many agents. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { machineMs, stampHeaders } from './way.ts';

const agents = Number(process.argv[2]);
/** An agent has the call for so long, ms. */
const talkMs = 12_000;

let requests = 0;
const free = Array.from({ length: agents }, (_, i) => ({
  agentId: `agent${String(i + 1)}`,
  extension: String(7_000 + i),
}));

const replies: Record<
  string,
  (body: { free: number; reports: { attemptId: string; seq: number }[] }) => object
> = {
  register: () => ({ sessionId: 's-1', ocsVersion: '0', leaseMs: 30_000, maxWaitMs: 10_000 }),
  pull: ({ free: wanted }) => ({
    requests: Array.from({ length: wanted }, () => {
      const n = ++requests;
      return {
        attemptId: `a-${String(n)}`,
        campaign: 'bench',
        recordHandle: n,
        number: `1${String(2_000_000_000 + n)}`,
        mode: 'accurate_am_detection',
        handoff: { kind: 'agent' },
        userData: { name: 'Ada', GSW_RECORD_HANDLE: n },
      };
    }),
    commands: [],
  }),
  reports: ({ reports }) => ({
    accepted: reports.map(({ attemptId, seq }) => ({ attemptId, seq })),
    refused: [],
  }),
  /** Processor time of this process. */
  usage: () => process.cpuUsage(),
  'agent-requests': () => {
    const agent = free.shift() ?? null;
    if (agent !== null) setTimeout(() => free.push(agent), talkMs);
    return { agent, retryMs: 200 };
  },
};

const server = createServer((request, response) => {
  const receivedAt = machineMs();
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const reply = replies[(request.url ?? '').split('/').at(-1) ?? ''];
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Parameters<NonNullable<typeof reply>>[0];
    const answer = JSON.stringify(reply?.(body) ?? {});
    response.writeHead(reply === undefined ? 404 : 200, {
      'content-type': 'application/json',
      [stampHeaders.received]: receivedAt,
      [stampHeaders.answered]: machineMs(),
    });
    response.end(answer);
  });
});
server.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
});
