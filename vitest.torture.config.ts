import { defineConfig } from 'vitest/config';

/** `pnpm torture`: the long versions of tests, one file after the other so that they do not fight for the machine. */
export default defineConfig({
  test: {
    include: ['packages/*/test/**/*.torture.ts', 'examples/test/**/*.torture.ts'],
    testTimeout: 3_600_000,
    fileParallelism: false,
  },
});
