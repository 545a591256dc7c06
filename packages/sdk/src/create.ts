import type { Declarations } from '@dither/protocol';
import { type Client, type ClientOptions, createClient as createClientOn } from './client.js';
import type { Platform } from './platform/platform.js';
import { webPlatform } from './platform/web.js';

export interface WebClientOptions<D extends Declarations> extends Omit<ClientOptions<D>, 'platform'> {
  /** `webPlatform(app)` unless told: what a browser, a worker or a runtime like them has. */
  readonly platform?: Platform;
}

/**
 * Creates the client of one app. Import it, create it, record: it loads, closes, randomizes and sends on its own. Where the
 * platform has no durable storage, as while a server renders a page, the client is silent and does nothing.
 *
 * @example
 * const dither = createClient({ registry, endpoint: 'https://telemetry.example.org' });
 * dither.record('dark-mode');
 * @throws ClientError `endpoint-invalid`, `seeded-source-not-on-loopback`
 */
export function createClient<const D extends Declarations>(options: WebClientOptions<D>): Client<D> {
  return createClientOn({ ...options, platform: options.platform ?? webPlatform(options.registry.app) });
}
