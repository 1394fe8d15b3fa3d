/** Builds the native half of the benchmark with make. */
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';

export const program = 'build/bench/bench-native';

/** The compiler, after a launcher if there is one: `CXX="ccache g++"`. */
export const compiler = (process.env['CXX'] ?? 'g++').trim().split(/\s+/);

export function runCompiler(args: string[], input?: string): SpawnSyncReturns<string> {
  const [command = 'g++', ...before] = compiler;
  return spawnSync(command, [...before, ...args], {
    encoding: 'utf8',
    ...(input === undefined ? {} : { input }),
  });
}

/** Why a program that was run failed, in one line. */
export function reason(run: SpawnSyncReturns<string>): string {
  return run.error?.message ?? (run.stderr.trim() || `it ended with ${run.signal ?? String(run.status)}`);
}

function hasSpandsp(): boolean {
  const source = '#include <spandsp.h>\nint main() { return 0; }\n';
  return runCompiler(['-x', 'c++', '-', '-lspandsp', '-o', '/dev/null'], source).status === 0;
}

/** Without spandsp where that is missing, which is said. Throws when it cannot be built. */
export function build(say: (line: string) => void): void {
  const spandsp = hasSpandsp();
  if (!spandsp)
    say(
      'bench: spandsp is not installed, so nothing is compared with it (Debian: apt install libspandsp-dev)',
    );
  const given = [
    ...(spandsp ? ['SPANDSP=1'] : []),
    // CI has just built the addon.
    ...(process.env['BUILT_FOR_TESTS'] === undefined ? [] : ['BUILT=../../build/Release/boards.a']),
  ];
  const run = spawnSync('make', ['-s', '-j2', '-C', 'native/bench', ...given], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`the native half does not build: ${reason(run)}`);
}
