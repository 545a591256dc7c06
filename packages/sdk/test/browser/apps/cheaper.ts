import { createClient } from '@dither/sdk';
import { cheaper } from '../support/registries.js';

export function start({ endpoint }: { readonly endpoint: string }): unknown {
  return createClient({ registry: cheaper, endpoint });
}
