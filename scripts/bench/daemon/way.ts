/**
 * The way of a live call from its verdict to the agent, in parts: where the time went. One clock for both processes,
 * that of the machine since its start.
 */
import { channel } from 'node:diagnostics_channel';
import { performance } from 'node:perf_hooks';
import { quantile } from '../../../src/eval/measures/statistics.ts';

/** The parts in the order of the way. */
export const wayParts = {
  board: 'board: tick and its thread',
  loop: 'event loop: verdict waits',
  ask: 'cpdd: verdict to question sent',
  agent: 'nobody free: repeated questions',
  there: 'OCS: question waits',
  ocs: 'OCS: at work',
  back: 'event loop: answer waits',
  name: 'cpdd: answer to transfer',
} as const;

export type WayPart = keyof typeof wayParts;

/** Of one part, ms; `slowest` is its mean among the slowest hundredth of the calls. */
export interface PartFigures {
  p50: number;
  p99: number;
  slowest: number;
}

export type WayFigures = Record<WayPart, PartFigures>;

interface Question {
  sentAt: number;
  receivedAt: number;
  answeredAt: number;
  gotAt: number;
}

interface Person {
  boardMs: number;
  loopMs: number;
  heardAt: number;
  asked: Question[];
}

/** Names of what the stand-in OCS tells of a question: when it came and when it was answered. */
export const stampHeaders = { received: 'x-received', answered: 'x-answered' };
const questionHeader = 'x-question';

/** ms since the machine's start. */
export function machineMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** @param boardNow the clock of the board, ms */
export function createWay(boardNow: () => number) {
  const rounds = createRounds(boardNow);
  const people = new Map<string, Person>();
  const ways: Record<WayPart, number>[] = [];
  const sentAt = new Map<string, number>();
  let settledFrom = 0;
  let questions = 0;

  channel('undici:client:sendHeaders').subscribe((message) => {
    const { headers } = message as { headers: string };
    const question = new RegExp(`^${questionHeader}: (\\d+)`, 'm').exec(headers)?.[1];
    if (question !== undefined) sentAt.set(question, machineMs());
  });

  const ask: typeof fetch = async (url, init) => {
    const body = typeof init?.body === 'string' ? init.body : '';
    const person = isAgentQuestion(url) ? people.get(attemptIn(body)) : undefined;
    if (person === undefined) return fetch(url, init);
    const question = String(++questions);
    const headers = { ...(init?.headers as Record<string, string>), [questionHeader]: question };
    const response = await fetch(url, { ...init, headers });
    const gotAt = machineMs();
    person.asked.push({
      sentAt: sentAt.get(question) ?? gotAt,
      receivedAt: Number(response.headers.get(stampHeaders.received)),
      answeredAt: Number(response.headers.get(stampHeaders.answered)),
      gotAt,
    });
    sentAt.delete(question);
    return response;
  };

  return {
    fetch: ask,
    begin: rounds.begin,
    /** A live verdict reached the dialler. @param at when it was made, by the board's clock */
    heard(attemptId: string, at: number) {
      const { idleMs, busyMs } = rounds.since(at);
      people.set(attemptId, { boardMs: idleMs, loopMs: busyMs, heardAt: machineMs(), asked: [] });
    },
    named(attemptId: string) {
      const person = people.get(attemptId);
      people.delete(attemptId);
      const way = person && wayOf(person, machineMs());
      if (way !== undefined) ways.push(way);
    },
    settle() {
      settledFrom = ways.length;
    },
    end(): WayFigures {
      rounds.end();
      return wayFigures(ways.slice(settledFrom));
    },
  };
}

function isAgentQuestion(url: Parameters<typeof fetch>[0]): boolean {
  return typeof url === 'string' && url.endsWith('/agent-requests');
}

function attemptIn(body: string): string {
  return (JSON.parse(body) as { attemptId: string }).attemptId;
}

function wayOf(person: Person, namedAt: number): Record<WayPart, number> | undefined {
  const first = person.asked[0];
  const last = person.asked.at(-1);
  if (first === undefined || last === undefined) return undefined;
  return {
    board: person.boardMs,
    loop: person.loopMs,
    ask: first.sentAt - person.heardAt,
    agent: last.sentAt - first.sentAt,
    there: last.receivedAt - last.sentAt,
    ocs: last.answeredAt - last.receivedAt,
    back: last.gotAt - last.answeredAt,
    name: namedAt - last.gotAt,
  };
}

function wayFigures(ways: readonly Record<WayPart, number>[]): WayFigures {
  const total = (way: Record<WayPart, number>) => Object.values(way).reduce((sum, ms) => sum + ms, 0);
  const slowest = [...ways].sort((a, b) => total(b) - total(a)).slice(0, Math.ceil(ways.length / 100));
  const figures = (part: WayPart): PartFigures => {
    const all = ways.map((way) => way[part]);
    const mean = slowest.reduce((sum, way) => sum + way[part], 0) / Math.max(1, slowest.length);
    return {
      p50: inTenths(quantile(all, 0.5) ?? 0),
      p99: inTenths(quantile(all, 0.99) ?? 0),
      slowest: inTenths(mean),
    };
  };
  const parts = Object.keys(wayParts) as WayPart[];
  return Object.fromEntries(parts.map((part) => [part, figures(part)])) as WayFigures;
}

/**
 * When the event loop came round and how long it had been idle by then. What the board said while the loop was idle
 * came at once: of the time since a verdict was made, the idle part is the board's and the rest is the loop's.
 */
function createRounds(boardNow: () => number) {
  const keptMs = 500;
  const frameMs = 20;
  const looks: { at: number; idle: number; board: number }[] = [];
  let timer: NodeJS.Timeout | undefined;
  const look = () => {
    const at = machineMs();
    looks.push({ at, idle: performance.eventLoopUtilization().idle, board: boardNow() });
    while ((looks[0]?.at ?? at) < at - keptMs) looks.shift();
    return looks;
  };
  return {
    begin: () => {
      timer = setInterval(look, 1);
    },
    end: () => clearInterval(timer),
    /** Since the frame that began at `boardAt`: not before the last look at an earlier one, nor half a frame after it. */
    since(boardAt: number): { idleMs: number; busyMs: number } {
      const seen = look();
      const now = seen.at(-1) ?? { at: 0, idle: 0, board: 0 };
      const first = seen.findIndex(({ board }) => board >= boardAt);
      const found = seen[first] ?? now;
      const begun = Math.max(
        seen[first - 1]?.at ?? found.at,
        found.at - (found.board - boardAt) - frameMs / 2,
      );
      const then = seen.find(({ at }) => at >= begun) ?? now;
      const allMs = Math.max(0, now.at - begun);
      const idleMs = Math.min(allMs, now.idle - then.idle);
      return { idleMs, busyMs: allMs - idleMs };
    },
  };
}

function inTenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
