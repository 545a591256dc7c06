import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const packages = ['mechanisms', 'protocol', 'sdk', 'server', 'sim'];
/**
 * Tests that need a process for each file, which takes half a second to start: of the SDK those that take parts of the platform
 * away or put others in their place, of the server those that measure memory, or waits under load. No other leaves anything
 * behind in its process.
 */
const alone: { readonly [name: string]: string } = {
  sdk: 'test/{collectors,platform,react}/**/*.test.ts',
  server: 'test/{crash,faults,fuzz}/**/*.test.ts',
};

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
          exclude: name in alone ? [alone[name] as string] : [],
          ...TIMEOUTS,
          isolate: false,
          ...(name === 'protocol' ? {} : { server }),
        },
      })),
      ...Object.entries(alone).map(([name, files]) => ({
        test: { name: `${name}-alone`, root: `packages/${name}`, include: [files], ...TIMEOUTS, server },
      })),
      { test: { name: 'examples', root: 'examples', include: ['test/**/*.test.ts'], ...TIMEOUTS, server } },
    ],
  },
});
