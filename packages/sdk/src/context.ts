import type { Drop } from './diagnostics.js';
import type { Permit } from './permit.js';
import type { Platform } from './platform/platform.js';
import type { DeviceRegistry } from './registry.js';
import type { Store } from './state.js';

/** What the steps of a client share. */
export interface Context {
  readonly registry: DeviceRegistry;
  readonly platform: Platform;
  readonly store: Store;
  readonly permit: Permit;
  readonly drop: Drop;
  /** What a developer who debugs is told of a period's life; never a value. */
  readonly debug: ((stage: string, of: string, more?: string | number) => void) | undefined;
}
