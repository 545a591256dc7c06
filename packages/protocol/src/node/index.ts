export { type Position, RegistryFileError, type RegistryFileErrorCode } from './errors.js';
export { registryFromText } from './load-json.js';
export { loadRegistry } from './load-registry.js';
