import { createClient } from '@dither/sdk';
import { dearer } from '../support/registries.js';

export function start({ endpoint }: { readonly endpoint: string }): unknown {
  return createClient({ registry: dearer, endpoint });
}
