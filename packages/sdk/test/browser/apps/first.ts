import { createClient } from '@dither/sdk';
import { first } from '../support/registries.js';

export function start({ endpoint }: { readonly endpoint: string }): unknown {
  return createClient({ registry: first, endpoint });
}
