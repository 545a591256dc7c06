import { createClient } from '@dither/sdk';
import { diary } from '../support/registries.js';

export function start({ endpoint }: { readonly endpoint: string }): unknown {
  return createClient({ registry: diary, endpoint });
}
