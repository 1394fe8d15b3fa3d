import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { defineConfig } from 'vitest/config';

/**
 * What a mutant is shown to: unit and scenario tests of the rooms with policy in them. Left out are those that read
 * sources as text, which a mutant in the text would disturb, and those of rooms above and beside.
 */
export default defineConfig({
  test: {
    include: ['test/{unit,scenario}/**/*.test.ts'],
    exclude: [
      'test/unit/{architecture,documents,native-architecture}.test.ts',
      'test/unit/{board,cli,eval,scripts,terminal}/**',
      'test/unit/daemon/example-config.test.ts',
    ],
    pool: 'forks',
    setupFiles: ['test/support/property-limits.ts'],
    maxWorkers: 1,
    // For what hangs on a busy machine; a mutant that hangs is ended by Stryker before.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    sequence: { sequencer: nearestFirst() },
  },
});

/** The tests of the mutant's own file first, then those of its room: most mutants need no more. */
function nearestFirst() {
  return class extends BaseSequencer {
    override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
      const [mutated = ''] = this.ctx.config.related ?? [];
      const words = mutated.slice(mutated.lastIndexOf('/src/') + 5, -'.ts'.length).split('/');
      const nearness = ({ moduleId }: TestSpecification) => {
        const path = moduleId.slice(moduleId.lastIndexOf('/test/') + 6, -'.test.ts'.length).split('/');
        return path.slice(1).filter((word, at) => word === words[at]).length;
      };
      return Promise.resolve(files.toSorted((a, b) => nearness(b) - nearness(a)));
    }
  };
}
