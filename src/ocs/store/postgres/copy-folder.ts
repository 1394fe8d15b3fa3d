import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const copyName = 'ocsd-copy-';

/** A folder of this process alone for its working copy. */
export function makeCopyFolder(): string {
  return mkdtempSync(join(tmpdir(), `${copyName}${String(process.pid)}-`));
}

/** Takes away what processes left that were killed: there are customers' data in it. */
export function removeLeftFolders(): void {
  for (const name of readdirSync(tmpdir())) {
    const [, pid] = new RegExp(`^${copyName}(\\d+)-`).exec(name) ?? [];
    if (pid === undefined || isAlive(Number(pid))) continue;
    rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
