import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const packages = ['mechanisms', 'protocol', 'sdk', 'server', 'sim'];
/** Whose tests leave nothing behind in their process: they need none for each file, which takes half a second to start. */
const shared = new Set(['mechanisms', 'protocol', 'sim']);

/** For what never ends: on a machine that is busy with something else, a test takes ten times as long as it should. */
const TIMEOUTS = { testTimeout: 240_000, hookTimeout: 240_000 };

/** What is built is imported as it is: there is nothing to transform. Not where tests look into the traces of errors. */
const server = { deps: { external: [/\/(packages\/[a-z]+|examples)\/dist\//] } };

export default defineConfig({
  test: {
    // On a small machine more than cores: some tests mostly wait, for a server to end or a deadline to pass.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    projects: [
      ...packages.map((name) => ({
        test: {
          name,
          root: `packages/${name}`,
          include: ['test/**/*.test.ts'],
          ...TIMEOUTS,
          isolate: !shared.has(name),
          ...(name === 'protocol' ? {} : { server }),
        },
      })),
      { test: { name: 'examples', root: 'examples', include: ['test/**/*.test.ts'], ...TIMEOUTS, server } },
    ],
  },
});
