import { defineConfig } from 'vitest/config';

/** `pnpm test:browser`: what needs Chromium; one file after the other, since one of them counts frames. */
export default defineConfig({
  test: {
    include: ['packages/*/test/browser/**/*.browser.ts', 'examples/test/browser/**/*.browser.ts'],
    globalSetup: 'packages/sdk/test/browser/support/setup.ts',
    // For what never ends: on a busy machine a test takes many times as long as it should.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    fileParallelism: false,
  },
});
