import { defineConfig } from 'vitest/config';
import { postgresPrograms } from './test/support/ocs/postgres.ts';

/** Limits are for what hangs, on a machine that is busy with other things; no test comes near them. */
const project = (name: string, testTimeout: number) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    pool: 'forks' as const,
    setupFiles: ['test/support/property-limits.ts'],
    testTimeout,
    hookTimeout: Math.max(testTimeout, 60_000),
  },
});

/** What the OCS promises, whatever store it has: these run on PostgreSQL as well. */
const onPostgres = {
  test: {
    ...project('postgres', 120_000).test,
    include: [
      'test/unit/ocs/{records,live,store/moving}/*.test.ts',
      'test/unit/ocs/api/{desk-records,link-polls,link-server,repeated-closing,status}.test.ts',
      'test/e2e/ocs/{api,desktop,edges,link,lists}.test.ts',
    ],
    globalSetup: 'test/support/ocs/postgres-server.ts',
  },
};
const hasPostgres = postgresPrograms() !== null;
if (!hasPostgres) {
  const why = 'PostgreSQL is not installed: OCS is tested on SQLite alone (Debian: apt install postgresql)';
  if (process.env['BUILT_FOR_TESTS'] !== undefined) throw new Error(why);
  process.stderr.write(`${why}\n`);
}

export default defineConfig({
  test: {
    // Most of the time of the end-to-end tests is simulated time that passes; two at once fit on one processor.
    maxWorkers: 2,
    // A daemon that died fails every test behind it, each at its limit; CI does not wait for all of them.
    bail: process.env['CI'] === undefined ? 0 : 5,
    reporters: ['default', './test/support/hung-files.ts'],
    projects: [
      project('unit', 60_000),
      project('contract', 120_000),
      project('scenario', 180_000),
      project('e2e', 180_000),
      ...(hasPostgres ? [onPostgres] : []),
    ],
  },
});
