/** What an OCS has to do with: one dialler with many channels and the desktops of many agents. */
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import WebSocket from 'ws';
import type { AgentReply, PullReply, PullRequest, Report } from '../../../src/link/schemas.ts';
import { waitFigures, type WaitFigures } from '../figures.ts';

export interface LoadFigures {
  begun: number;
  connected: number;
  abandoned: number;
  /** From the request for an agent to its answer. */
  answerMs: WaitFigures;
}

export interface LoadOptions {
  url: string;
  channels: number;
  agents: number;
  seconds: number;
  mode: string;
}

/** One call: rings for so long (ms), then is live or ends with a result. */
const ringingMs = () => 2_000 + Math.random() * 8_000;
const liveShare = 0.3;
const talkMs = () => 3_000 + Math.random() * 6_000;
const wrapUpMs = 1_000;
const agentTimeoutMs = 2_000;
const group = 'sales';
const busy = 6;
const answer = 33;

async function post<T>(url: string, path: string, body: object): Promise<T> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${String(response.status)} ${await response.text()}`);
  return (await response.json()) as T;
}

/**
 * Loads a campaign, seats the agents and dials until the time is over.
 *
 * @param begins told when all is ready and dialling begins
 */
export async function runLoad(options: LoadOptions, begins: () => Promise<void>): Promise<LoadFigures> {
  const { url, channels, seconds } = options;
  await loadCampaign(options);
  const desks = await seatAgents(options);
  const registered = await post<{ sessionId: string }>(url, '/link/v1/register', {
    dialerId: 'bench',
    linkVersion: 1,
    softwareVersion: '0',
    boards: [],
    capabilities: { handoff: ['agent'], plans: [], modes: ['telephony_preset'] },
  });
  const session = { dialerId: 'bench', sessionId: registered.sessionId };
  await begins();
  await post(url, '/api/v1/campaigns/bench/start', {});

  const waiting: Report[] = [];
  const active = new Set<string>();
  const asked: number[] = [];
  let begun = 0;
  let connected = 0;
  let abandoned = 0;
  let over = false;

  const call = async (attemptId: string): Promise<void> => {
    let seq = 0;
    const began = performance.now();
    const say = (report: object) => {
      seq += 1;
      waiting.push({ attemptId, seq, ...report } as Report);
    };
    const milestone = (name: string) => {
      say({ kind: 'milestone', name, atMs: Math.round(performance.now() - began) });
    };
    const end = (result: number, status: string, agentId: string | null) => {
      say({
        kind: 'outcome',
        outcome: { result, status, reason: null, evidence: null, milestones: {}, channel: 1, agentId },
      });
      active.delete(attemptId);
    };
    begun += 1;
    active.add(attemptId);
    say({ kind: 'accepted' });
    milestone('seized');
    milestone('dialling');
    await pause(ringingMs());
    if (over) return;
    if (Math.random() >= liveShare) {
      end(busy, 'dropped', null);
      return;
    }
    milestone('answered');
    say({ kind: 'result', result: answer, evidence: null });
    milestone('agentRequested');
    const giveUpAt = performance.now() + agentTimeoutMs;
    for (;;) {
      const at = performance.now();
      const reply = await post<AgentReply>(url, '/link/v1/agent-requests', { ...session, attemptId });
      asked.push(performance.now() - at);
      if (reply.agent !== null) {
        milestone('agentConnected');
        say({ kind: 'connected', ...reply.agent });
        end(answer, 'transferred', reply.agent.agentId);
        connected += 1;
        return;
      }
      if (performance.now() >= giveUpAt || over) break;
      await pause(reply.retryMs);
    }
    abandoned += 1;
    end(answer, 'abandoned', null);
  };

  const report = async () => {
    while (!over) {
      const reports = waiting.splice(0, 1_000);
      if (reports.length === 0) await pause(5);
      else await post(url, '/link/v1/reports', { ...session, reports });
    }
  };
  const pull = async () => {
    while (!over) {
      const question: PullRequest = {
        ...session,
        free: Math.min(50, channels - active.size),
        channels: { inService: channels, busy: active.size },
        waitMs: 1_000,
        active: [...active],
      };
      const { requests } = await post<PullReply>(url, '/link/v1/pull', question);
      for (const { attemptId } of requests) {
        call(attemptId).catch((error: unknown) => {
          // What is asked when the time is over has no answer.
          if (!over) throw error;
        });
      }
      if (requests.length === 0) await pause(20);
    }
  };

  const work = Promise.all([report(), pull()]);
  await pause((seconds * 1_000) / 3);
  const settledFrom = asked.length;
  await pause((seconds * 2_000) / 3);
  over = true;
  await work;
  for (const desk of desks) desk.terminate();
  return { begun, connected, abandoned, answerMs: waitFigures(asked, settledFrom) };
}

async function loadCampaign({ url, channels, seconds, mode }: LoadOptions): Promise<void> {
  const records = channels * Math.max(2, Math.ceil(seconds / 2));
  const phones = Array.from({ length: records }, (_, n) => `1${String(2_000_000_000 + n)},UTC`);
  await post(url, '/api/v1/campaigns', {
    definition: {
      name: 'bench',
      list: 'bench',
      mode,
      group,
      dailyWindow: { from: '00:00', till: '24:00' },
      pacing: { multiplier: 10, maxLinesPerAgent: 20, targetAbandonedPct: 5 },
    },
    csv: `phone,tz\n${phones.join('\n')}\n`,
  });
}

/** Agents who talk, wrap up and close the record as fast as they get calls. */
async function seatAgents({ url, agents }: LoadOptions): Promise<WebSocket[]> {
  const seats = Array.from({ length: agents }, async (_, n) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/desktop/v1`);
    await once(socket, 'open');
    const ask = (request: string, more: object = {}) => {
      if (socket.readyState === socket.OPEN) {
        socket.send(JSON.stringify({ GSW_AGENT_REQ_TYPE: request, ...more }));
      }
    };
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as Record<string, string | number>;
      if (message['GSW_USER_EVENT'] !== 'CallConnected') return;
      const handle = { GSW_RECORD_HANDLE: message['GSW_RECORD_HANDLE'] };
      const talk = talkMs();
      setTimeout(() => {
        ask('CallReleased', handle);
      }, talk);
      setTimeout(() => {
        ask('RecordProcessed', { ...handle, note: 'called' });
      }, talk + wrapUpMs);
    });
    ask('Login', {
      GSW_AGENT_ID: `a${String(n)}`,
      GSW_EXTENSION: String(7_000 + n),
      GSW_GROUP: group,
    });
    ask('Ready');
    return socket;
  });
  return Promise.all(seats);
}
