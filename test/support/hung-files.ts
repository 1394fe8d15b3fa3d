import type { Reporter, TestModule } from 'vitest/node';
import { childrenOf, describeProcess } from './processes.ts';

/** No file takes a fifth of it; wall clock. */
const limitMs = 15 * 60_000;

/**
 * Ends a run in which a test file hangs, with its name: vitest's own limits need the event loop of the process that the
 * file runs in, which a blocking call (a child process awaited synchronously, a lock in native code) or an endless loop
 * holds for ever.
 */
export default class HungFiles implements Reporter {
  private readonly running = new Map<string, NodeJS.Timeout>();

  onTestModuleQueued(file: TestModule): void {
    const timer = setTimeout(() => {
      console.error(`${file.relativeModuleId} has run for ${String(limitMs / 60_000)} minutes: given up`);
      for (const line of stop(process.pid, '  ')) console.error(line);
      process.exit(1);
    }, limitMs);
    timer.unref();
    this.running.set(file.id, timer);
  }

  onTestModuleEnd(file: TestModule): void {
    clearTimeout(this.running.get(file.id));
    this.running.delete(file.id);
  }
}

/** Ends all that the process has begun, so that nobody holds the output open. @returns a line for each */
function stop(parent: number, indent: string): string[] {
  return childrenOf(parent).flatMap((pid) => {
    const lines = [indent + describeProcess(pid), ...stop(pid, `${indent}  `)];
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
    return lines;
  });
}
