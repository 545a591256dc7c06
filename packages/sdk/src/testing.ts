import type { WordSource } from '@dither/mechanisms';
import { checkEndpoint } from './errors.js';
import { memoryPlatform } from './platform/memory.js';
import type { Platform } from './platform/platform.js';
import { type FakeTime, seededSource } from './test-kit/time.js';

export { memoryPlatform, memoryStorage } from './platform/memory.js';
export { type SentBatch, type TestApp, type TestAppOptions, testApp } from './test-kit/app.js';
export { type FakeTime, fakeTime, seededSource } from './test-kit/time.js';

export interface TestPlatformOptions {
  /** Seed, or a seeded source to share between installations. */
  readonly seed: string | WordSource;
  readonly time: FakeTime;
  /** Answers a batch in memory, or carries it to a server on this machine. */
  readonly send: Platform['send'];
  /** The installation's storage; pass the same map again to restart it. */
  readonly texts?: Map<string, string>;
  readonly globalPrivacyControl?: boolean;
}

/**
 * A platform for tests: seeded, in memory, by a fake clock. It refuses to send anywhere but to this machine
 * (`memory://` endpoints are answered by `send` in memory): seeded noise must not be mistaken for protection.
 *
 * @throws ClientError (as a rejected send) for any other endpoint; `createClient` refuses it, too
 */
export function testPlatform(options: TestPlatformOptions): Platform {
  const { seed, time, send, ...rest } = options;
  return memoryPlatform({
    ...rest,
    source: typeof seed === 'string' ? seededSource(seed) : seed,
    clock: time.clock,
    schedule: time.schedule,
    async send(url, body, writeKey) {
      checkEndpoint(url, true);
      return send(url, body, writeKey);
    },
  });
}
