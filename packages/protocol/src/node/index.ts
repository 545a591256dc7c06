export { situationOf } from '../cli/advice.js';
export { type Comparison, compareRegistries, type FieldChange, type MetricChange } from '../registry/compare.js';
export { renderComparison } from '../registry/comparison-text.js';
export { mechanismsOf } from '../registry/kinds.js';
export { type Position, RegistryFileError, type RegistryFileErrorCode } from './errors.js';
export { registryFromText } from './load-json.js';
export { loadRegistry } from './load-registry.js';
export { type LocatedJson, MalformedJsonError, parseLocatedJson } from './located-json.js';
export type { JsonPath } from './scan-json.js';
