/** Builds the native half of the benchmark with make. */
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';

export const program = 'build/bench/bench-native';

export const compiler = process.env['CXX'] ?? 'g++';

/** Why a program that was run failed, in one line. */
export function reason(run: SpawnSyncReturns<string>): string {
  return run.error?.message ?? (run.stderr.trim() || `it ended with ${run.signal ?? String(run.status)}`);
}

function hasSpandsp(): boolean {
  const source = '#include <spandsp.h>\nint main() { return 0; }\n';
  const run = spawnSync(compiler, ['-x', 'c++', '-', '-lspandsp', '-o', '/dev/null'], { input: source });
  return run.status === 0;
}

/** Without spandsp where that is missing, which is said. Throws when it cannot be built. */
export function build(say: (line: string) => void): void {
  const spandsp = hasSpandsp();
  if (!spandsp)
    say(
      'bench: spandsp is not installed, so nothing is compared with it (Debian: apt install libspandsp-dev)',
    );
  const run = spawnSync('make', ['-s', '-j2', '-C', 'native/bench', ...(spandsp ? ['SPANDSP=1'] : [])], {
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new Error(`the native half does not build: ${reason(run)}`);
}
