/** What the longest turns of the event loop did, from a profile of the process. It costs time itself. */
import { Session, type Profiler } from 'node:inspector';
import { promisify } from 'node:util';
import type { Turn } from '../figures.ts';

export interface LoggedTurn {
  /** Processor time, ms. */
  spentMs: number;
  /** Functions and how long they and what they called ran, ms; longest first. */
  functions: { name: string; ms: number }[];
}

const samplingMicroseconds = 200;
const functionsShown = 14;

export async function startTurnLog(): Promise<(turns: readonly Turn[]) => Promise<LoggedTurn[]>> {
  const session = new Session();
  session.connect();
  const post = promisify<string, object, unknown>(session.post.bind(session));
  await post('Profiler.enable', {});
  await post('Profiler.setSamplingInterval', { interval: samplingMicroseconds });
  await post('Profiler.start', {});
  return async (turns) => {
    const { profile } = (await post('Profiler.stop', {})) as { profile: Profiler.Profile };
    session.disconnect();
    return turns.map((turn) => ({ spentMs: turn.spentMs, functions: functionsOf(profile, turn) }));
  };
}

function functionsOf(profile: Profiler.Profile, turn: Turn): LoggedTurn['functions'] {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map<number, number>();
  for (const { id, children } of profile.nodes) for (const child of children ?? []) parents.set(child, id);
  const spent = new Map<string, number>();
  let at = profile.startTime;
  profile.samples?.forEach((sample, i) => {
    const micros = profile.timeDeltas?.[i] ?? 0;
    at += micros;
    if (at / 1_000 < turn.begunAt || at / 1_000 > turn.endedAt) return;
    const names = new Set<string>();
    for (let id: number | undefined = sample; id !== undefined; id = parents.get(id)) {
      const node = nodes.get(id);
      if (node !== undefined) names.add(nameOf(node.callFrame));
    }
    for (const name of names) spent.set(name, (spent.get(name) ?? 0) + micros / 1_000);
  });
  spent.delete('(root)');
  return [...spent]
    .map(([name, ms]) => ({ name, ms: Math.round(ms * 10) / 10 }))
    .sort((a, b) => b.ms - a.ms)
    .slice(0, functionsShown);
}

function nameOf({ functionName, url, lineNumber }: Profiler.ProfileNode['callFrame']): string {
  if (url === '') return functionName;
  const file = url.split('/').slice(-2).join('/');
  return `${functionName === '' ? 'a callback' : functionName} ${file}:${String(lineNumber + 1)}`;
}
