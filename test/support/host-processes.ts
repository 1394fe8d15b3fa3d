import { readdirSync, readFileSync } from 'node:fs';

/** Processes by the name `boardhost`, whose parent is the given one; zombies are none. */
export function hostsOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const [, name, state, ppid] = statOf(pid)?.match(/^\d+ \((.*)\) (\S) (\d+)/s) ?? [];
      return name?.startsWith('boardhost') === true && state !== 'Z' && Number(ppid) === parent;
    });
}

/** Whether a process is there and no zombie. */
export function isRunning(pid: number): boolean {
  return /^\d+ \(.*\) [^Z]/s.test(statOf(pid) ?? '');
}

function statOf(pid: number): string | null {
  try {
    return readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
  } catch {
    return null;
  }
}
