import * as oue from '@dither/mechanisms/oue';
import * as rr from '@dither/mechanisms/rr';
import { boolean, category, type Declarations, defineRegistry, type RegistryOptions } from '@dither/protocol';

/** Short declarations for tests that are about one field. */
export const about = {
  description: 'What it is.',
  purpose: 'What for.',
  owner: 'team@example.org',
  period: 28,
  expires: '2030-12-31',
} as const;

export const yesNo = boolean({ ...about, mechanism: rr.client });
export const theme = category({ ...about, values: ['light', 'dark'], mechanism: oue.client });

export function registryOf<const D extends Declarations>(metrics: D, options: Partial<RegistryOptions<D>> = {}) {
  return defineRegistry({ app: 'org.example.test', expectedClients: 1000, metrics, ...options });
}
