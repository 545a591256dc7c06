import { defineConfig } from 'vitest/config';

const packages = ['mechanisms', 'protocol', 'sdk', 'server', 'sim'];

export default defineConfig({
  test: {
    projects: [
      ...packages.map((name) => ({
        test: { name, root: `packages/${name}`, include: ['test/**/*.test.ts'], testTimeout: 60_000 },
      })),
      { test: { name: 'examples', root: 'examples', include: ['test/**/*.test.ts'], testTimeout: 240_000 } },
    ],
  },
});
