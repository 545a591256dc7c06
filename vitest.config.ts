import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const packages = ['mechanisms', 'protocol', 'sdk', 'server', 'sim'];

export default defineConfig({
  test: {
    // On a small machine more than cores: some tests mostly wait, for a server to end or a deadline to pass.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    projects: [
      ...packages.map((name) => ({
        test: { name, root: `packages/${name}`, include: ['test/**/*.test.ts'], testTimeout: 60_000 },
      })),
      { test: { name: 'examples', root: 'examples', include: ['test/**/*.test.ts'], testTimeout: 240_000 } },
    ],
  },
});
