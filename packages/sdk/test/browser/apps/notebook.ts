import { createClient } from '@dither/sdk';
import { collectCrashes } from '@dither/sdk/collectors/crashes';
import { notebook } from '../support/registries.js';

export function start(options: { readonly endpoint: string; readonly privateMode?: boolean }): unknown {
  const client = createClient({ registry: notebook, ...options });
  collectCrashes(client, { crashed: 'crash' });
  return client;
}
