import type { resolvedRegistry } from '@dither/sdk/resolved';
import type { registry as declared } from './registry.mjs';

/** Of the module that `dither-registry resolve` writes where the packages are installed. */
export const registry: ReturnType<typeof resolvedRegistry<typeof declared>>;
