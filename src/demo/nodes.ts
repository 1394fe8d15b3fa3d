import { existsSync, readFileSync } from 'node:fs';

/** A line of a daemon's log, as far as the demo reads it. */
interface LogLine {
  time: number;
  msg?: string;
  message?: string;
  epoch?: number;
  agentId?: string;
}

/** What a program has logged so far; a line that is being written is not there yet. */
function readLog(path: string): LogLine[] {
  if (!existsSync(path)) return [];
  const whole = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return whole.flatMap((line) => {
    try {
      return [JSON.parse(line) as LogLine];
    } catch {
      return [];
    }
  });
}

/** The node that became owner last, with its epoch; null when none did. */
export function ownerIn(logs: Readonly<Record<string, string>>): { node: string; epoch: number } | null {
  const owners = Object.entries(logs).flatMap(([node, path]) =>
    readLog(path).flatMap(({ msg, epoch }) =>
      msg === 'this ocsd owns the campaigns' && epoch !== undefined ? [{ node, epoch }] : [],
    ),
  );
  return owners.reduce<{ node: string; epoch: number } | null>(
    (last, each) => (last === null || each.epoch > last.epoch ? each : last),
    null,
  );
}

/** Whether a node has said that it waits for the owner. */
export function standsBy(log: string): boolean {
  return readLog(log).some(({ msg }) => msg === 'standing by');
}

/** When each agent was first logged in again after a moment: wall-clock ms, earliest first. */
export function returnsIn(deskLog: string, after: number): number[] {
  const first = new Map<string, number>();
  for (const { message, agentId, time } of readLog(deskLog)) {
    if (message !== 'logged in again' || agentId === undefined || time < after || first.has(agentId))
      continue;
    first.set(agentId, time);
  }
  return [...first.values()].sort((a, b) => a - b);
}
