export {
  boolean,
  category,
  count,
  quantity,
  type Registry,
  RegistryError,
  type RegistryErrorCode,
  text,
  timing,
} from '@dither/protocol';
export { type Client, type ClientOptions, createClient, type MetricId, type Snapshot } from './client.js';
export type { ConsentStatus } from './consent.js';
export { type DeclaredRegistry, defineRegistry, deviceRegistry } from './declared.js';
export type { DropReason } from './diagnostics.js';
export { ClientError, type ClientErrorCode } from './errors.js';
export type { Answer, Clock, Notes, Platform, Storage } from './platform/platform.js';
export { type WebPlatformOptions, webPlatform } from './platform/web.js';
export type { DeviceRegistry } from './registry.js';
