import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { LiveMessage } from '../../../src/api/live.ts';
import { createLinkClient } from '../../../src/link/client.ts';
import type { HeardCall, WatchedChannel } from '../../../src/link/live-schemas.ts';

export interface WatchOptions {
  url: string;
  channels: number;
  consoles: number;
  /** A call goes through seven phases in this time; then the next begins. */
  callMs: number;
  seconds: number;
}

export interface WatchFigures {
  /** To one console, from its snapshot on. */
  kbASecond: number;
  snapshotKb: number;
  longestKb: number;
  /** Of the dialler to ocsd. */
  messages: number;
  linkKbASecond: number;
}

const phases = ['seizing', 'dialling', 'alerting', 'answered', 'awaiting_agent', 'connected', 'dropping'];
const everyMs = 250;

/** @param begin called when all are connected */
export async function runWatch(options: WatchOptions, begin: () => void): Promise<WatchFigures> {
  const { channels, consoles, seconds, url } = options;
  const link = createLinkClient({
    url,
    dialerId: 'd1',
    softwareVersion: 'bench',
    describe: () => ({
      boards: [],
      capabilities: { handoff: [], plans: [], modes: [], watch: true },
    }),
  });
  await link.register();
  const lookers = await Promise.all(
    Array.from({ length: consoles }, (_, n) => openConsole(url, `d1/${String((n % channels) + 1)}`)),
  );
  begin();
  const dialler = createDialler(options);
  let linkBytes = 0;
  let messages = 0;
  const started = performance.now();
  while (performance.now() - started < seconds * 1_000) {
    const message = dialler.next(performance.now() - started, messages + 1);
    linkBytes += JSON.stringify(message).length;
    messages += 1;
    const { want } = await link.live(message);
    if (want !== 'changes') throw new Error(`ocsd wants ${want}`);
    await pause(Math.max(0, messages * everyMs - (performance.now() - started)));
  }
  for (const { close } of lookers) close();
  const figures = lookers.map(({ figures: each }) => each);
  const kb = (bytes: number) => Math.round(bytes / 102.4) / 10;
  const most = (of: (each: (typeof figures)[number]) => number) => Math.max(...figures.map(of));
  return {
    kbASecond: kb(most(({ changes }) => changes) / seconds),
    snapshotKb: kb(most(({ snapshot }) => snapshot)),
    longestKb: kb(most(({ longest }) => longest)),
    messages,
    linkKbASecond: kb(linkBytes / seconds),
  };
}

async function openConsole(url: string, hear: string) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/live/v1`);
  await once(socket, 'open');
  const figures = { changes: 0, snapshot: 0, longest: 0 };
  socket.onmessage = ({ data }) => {
    const text = String(data);
    const { type } = JSON.parse(text) as LiveMessage;
    if (type === 'error') throw new Error(text);
    if (type === 'snapshot') figures.snapshot = Math.max(figures.snapshot, text.length);
    else {
      figures.changes += text.length;
      figures.longest = Math.max(figures.longest, text.length);
    }
  };
  socket.send(JSON.stringify({ type: 'subscribe', topics: ['diallers', 'channels'] }));
  socket.send(JSON.stringify({ type: 'hear', id: hear }));
  return { figures, close: () => socket.close() };
}

/** Calls that are spread evenly over time: each channel at another point of its call. */
function createDialler({ callMs, channels, consoles }: WatchOptions) {
  const told = new Map<number, string>();
  return {
    next: (nowMs: number, seq: number) => {
      const changed: WatchedChannel[] = [];
      const heard: HeardCall[] = [];
      for (let channel = 1; channel <= channels && changed.length < 1_000; channel += 1) {
        const at = nowMs + (channel * callMs) / channels;
        const call = Math.floor(at / callMs);
        const step = Math.floor(((at % callMs) / callMs) * phases.length);
        const print = `${String(call)} ${String(step)}`;
        if (told.get(channel) === print) continue;
        told.set(channel, print);
        const attemptId = `0b8a7c1e-5a1d-4f0e-9c55-${String(call * channels + channel).padStart(12, '0')}`;
        changed.push(channelAt(channel, attemptId, phases[step] ?? 'idle'));
        if (channel <= consoles) heard.push(heardAt(channel, attemptId, step));
      }
      return { seq, board: 'ok' as const, channels: changed, heard: heard.slice(0, 16) };
    },
  };
}

function channelAt(channel: number, attemptId: string, phase: string): WatchedChannel {
  return {
    ...{
      channel,
      span: Math.floor((channel - 1) / 30),
      use: 'call',
      phase,
      forMs: 12,
      attemptId,
      test: false,
    },
    ...{ campaign: 'spring', agentId: phase === 'connected' ? `agent-${String(channel)}` : null },
    ...{
      lastEvent: phase === 'alerting' ? 'ringing' : 'proceeding',
      lastEventMs: 12,
      reason: null,
      faults: 0,
    },
  };
}

function heardAt(channel: number, call: string, step: number): HeardCall {
  const items = Array.from({ length: step * 4 }, (_, n) => ({
    ...{ kind: 'speech', startMs: n * 500, endMs: n * 500 + 400, name: null, hz: [], confidence: null },
  }));
  return { channel, call, dialledMs: step * 1_000, items, scores: [] };
}
