import { defineConfig } from 'vitest/config';

/** `pnpm test:browser`: what needs Chromium; one file after the other, since one of them counts frames. */
export default defineConfig({
  test: {
    include: ['packages/*/test/browser/**/*.browser.ts', 'examples/test/browser/**/*.browser.ts'],
    globalSetup: 'packages/sdk/test/browser/support/setup.ts',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});
