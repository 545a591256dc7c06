import type { Drop } from './diagnostics.js';
import type { Platform } from './platform/platform.js';
import type { DeviceRegistry } from './registry.js';
import type { Store } from './state.js';

/** What the steps of a client share. */
export interface Context {
  readonly registry: DeviceRegistry;
  readonly platform: Platform;
  readonly store: Store;
  readonly drop: Drop;
  /** Tells a developer who debugs of a period's life; never a value. */
  readonly debug: (stage: string, of: string, more?: string | number) => void;
}
