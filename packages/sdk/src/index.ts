export {
  boolean,
  category,
  count,
  defineRegistry,
  quantity,
  type Registry,
  RegistryError,
  type RegistryErrorCode,
  text,
  timing,
} from '@dither/protocol';
export { type Client, type ClientOptions, createClient } from './client.js';
export type { ConsentStatus } from './consent.js';
export type { DropReason } from './diagnostics.js';
export { ClientError, type ClientErrorCode } from './errors.js';
export type { Inspection } from './inspect.js';
export type { Answer, Clock, Notes, Platform, Storage } from './platform/platform.js';
