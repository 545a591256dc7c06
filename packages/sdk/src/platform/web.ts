import { deviceSource } from '@dither/mechanisms';
import { REQUEST_TIMEOUT } from '../policy.js';
import { databaseStorage } from './database.js';
import type { Answer, Platform, Storage } from './platform.js';

export interface WebPlatformOptions {
  /** Where the installation is kept, instead of IndexedDB: for runtimes that have none, such as React Native. */
  readonly storage?: Storage;
}

/** By app, for all platforms that this page or worker makes: lives as long as it does. */
const lives: { [app: string]: Life } = {};

interface Life {
  /** By the monotonic clock: some runtimes count from the start of the machine. */
  readonly began: number;
  readonly closings: Map<string, number>;
}

/**
 * A browser's page, a worker of any kind, or a runtime like them. What is there is looked for, not guessed from names:
 * without IndexedDB, Web Locks, Web Crypto or fetch nothing is recorded or sent, as while a server renders a page. Import
 * and call have no effect.
 *
 * @param app - names the database; one per app, so that apps of one origin do not share a ledger
 */
export function webPlatform(app: string, options: WebPlatformOptions = {}): Platform {
  const { crypto, fetch, indexedDB, navigator, origin, performance, addEventListener } = globalThis as Partial<
    typeof globalThis
  >;
  const now = (): number => performance?.now() ?? 0;
  lives[app] ??= { began: now(), closings: new Map() };
  const { began, closings } = lives[app];
  // A frame without an origin has no storage; to ask Chromium for it throws where nobody can catch it.
  const factory = origin === 'null' ? undefined : indexedDB;
  const storage = options.storage ?? databaseStorage(`dither:${app}`, factory, navigator?.locks);

  async function answer(url: string, init?: RequestInit): Promise<Answer> {
    const response = await (fetch as typeof globalThis.fetch)(url, {
      // No cookie, no page's address, and no validator of an earlier answer by which a device could be known.
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      ...(indexedDB && { cache: 'no-store' }),
      redirect: 'error',
      signal: globalThis.AbortSignal?.timeout?.(REQUEST_TIMEOUT) ?? null,
      ...init,
    });
    const { status, headers } = response;
    return {
      status,
      contentType: headers.get('content-type')?.replace(/ *;.*/, '').toLowerCase() ?? '',
      retryAfter: headers.get('retry-after') ?? undefined,
      body: await response.text(),
    };
  }

  return {
    storage: { ...storage, isDurable: !!(storage.isDurable && crypto && fetch && performance) },
    clock: { wall: () => Date.now(), monotonic: () => now() - began },
    source: deviceSource(crypto as Crypto),
    closings,
    // The person may change it while the page is open.
    get globalPrivacyControl() {
      return (navigator as { globalPrivacyControl?: boolean } | undefined)?.globalPrivacyControl;
    },
    schedule(delay, task) {
      const timer = setTimeout(task, delay);
      return () => clearTimeout(timer);
    },
    send: (url, body, key) =>
      answer(url, {
        method: 'POST',
        // Outlives the page. One batch is under way at a time, of the 60 KiB that a browser allows.
        keepalive: true,
        headers: { 'content-type': 'application/octet-stream', ...(key && { 'dither-key': key }) },
        body: body as Uint8Array<ArrayBuffer>,
      }),
    get: answer,
    // Coming back is no harm: the listener writes what was recorded, and sends what is due.
    onHide(listener) {
      const events = ['visibilitychange', 'pagehide'];
      for (const event of events) addEventListener?.(event, listener);
      return () => {
        for (const event of events) globalThis.removeEventListener?.(event, listener);
      };
    },
    debug: (...parts) => console.debug(...parts),
  };
}
