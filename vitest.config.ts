import { defineConfig } from 'vitest/config';

const project = (name: string, testTimeout: number) => ({
  test: { name, include: [`test/${name}/**/*.test.ts`], pool: 'forks' as const, testTimeout },
});

export default defineConfig({
  test: {
    projects: [
      project('unit', 10_000),
      project('contract', 30_000),
      project('scenario', 60_000),
      project('e2e', 180_000),
    ],
  },
});
