import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';

/** What the system's package manager installed. */
const EXECUTABLE = '/usr/bin/chromium';

/** A host of this machine whose pages, unlike those of its address, need https to be trusted. */
export const INSECURE_HOST = 'insecure.example';

/** No sandbox, for root; no graphics card; and nothing of the browser's own on the network. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  `--host-resolver-rules=MAP ${INSECURE_HOST} 127.0.0.1`,
];

/** A browser with a profile of its own on disk, as a person's is: what it stores outlives it. */
export interface Browser {
  /** Another one after a crash. */
  readonly context: BrowserContext;
  /** Ends it without a chance to write anything, and starts it again over the same profile. */
  crash(): Promise<void>;
  close(): Promise<void>;
}

export async function launch(): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'dither-chromium-'));
  const start = (): Promise<BrowserContext> =>
    chromium.launchPersistentContext(profile, { executablePath: EXECUTABLE, args: FLAGS });
  let context = await start();
  return {
    get context() {
      return context;
    },
    async crash() {
      const session = await context.browser()?.newBrowserCDPSession();
      const gone = new Promise((resolve) => context.once('close', resolve));
      // No answer comes from the dead.
      void session?.send('Browser.crash').catch(() => undefined);
      await gone;
      context = await start();
    },
    async close() {
      await context.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
