import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const packages = ['mechanisms', 'protocol', 'sdk', 'server', 'sim'];

export default defineConfig({
  test: {
    // Both cores of a small machine: by default one is left idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      ...packages.map((name) => ({
        test: { name, root: `packages/${name}`, include: ['test/**/*.test.ts'], testTimeout: 60_000 },
      })),
      { test: { name: 'examples', root: 'examples', include: ['test/**/*.test.ts'], testTimeout: 240_000 } },
    ],
  },
});
