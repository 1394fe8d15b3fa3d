import { readdirSync, readFileSync } from 'node:fs';

/** The processes that this one began and has not waited for, zombies among them. */
export function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => fieldsOf(pid)?.parent === parent);
}

/** Board hosts of a process; zombies are none. */
export function boardHostsOf(parent: number): number[] {
  return childrenOf(parent).filter(
    (pid) => fieldsOf(pid)?.name.startsWith('boardhost') === true && isRunning(pid),
  );
}

/** Whether a process is there and no zombie. */
export function isRunning(pid: number): boolean {
  const fields = fieldsOf(pid);
  return fields !== null && fields.state !== 'Z';
}

/** What a process is and what it waits for, for a person. */
export function describeProcess(pid: number): string {
  const command = read(pid, 'cmdline').replaceAll('\0', ' ').trim();
  return `${String(pid)} ${fieldsOf(pid)?.state ?? 'gone'}, in ${read(pid, 'wchan') || 'no system call'}: ${command}`;
}

function fieldsOf(pid: number): { name: string; state: string; parent: number } | null {
  const [, name = '', state = '', parent] = read(pid, 'stat').match(/^\d+ \((.*)\) (\S) (\d+)/s) ?? [];
  return parent === undefined ? null : { name, state, parent: Number(parent) };
}

/** A file of the process's folder; '' when the process is gone. */
function read(pid: number, what: string): string {
  try {
    return readFileSync(`/proc/${String(pid)}/${what}`, 'utf8');
  } catch {
    return '';
  }
}
