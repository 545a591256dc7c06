export { DitherProvider, type DitherProviderProps, useDither } from './context.js';
export { createHooks, type Hooks } from './create-hooks.js';
export { type Consent, useConsent } from './use-consent.js';
