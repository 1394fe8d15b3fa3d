import { defineConfig } from 'vitest/config';

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
    ],
  },
});
