import type { Bound, Declarations } from '@dither/protocol';
import { useCallback, useSyncExternalStore } from 'react';
import type { Client } from '../client.js';
import type { ConsentStatus } from '../consent.js';
import { useDither } from './context.js';

export interface Consent {
  /** `unknown` while a server renders, until storage has been read, and until the person has been asked. */
  readonly status: ConsentStatus;
  /** False with status `granted` if an update asks for more than the person agreed to: ask again. */
  readonly isCurrent: boolean;
  /** What to tell the person before asking; undefined without a client. */
  readonly bound: Bound | undefined;
  /** As those of `Client.consent`; the same functions at each render. */
  readonly grant: (options?: { readonly despiteGpc?: boolean }) => Promise<void>;
  readonly withdraw: () => Promise<void>;
}

/** What the person said to the client of the nearest provider, as it changes, also in another tab. */
export function useConsent(): Consent {
  return useConsentOf(useDither());
}

export function useConsentOf<D extends Declarations>(client: Client<D> | undefined): Consent {
  const consent = client?.consent;
  const subscribe = useCallback((listener: () => void) => consent?.subscribe(listener) ?? (() => undefined), [consent]);
  const status = useSyncExternalStore<ConsentStatus>(
    subscribe,
    () => consent?.status ?? 'unknown',
    () => 'unknown',
  );
  const isCurrent = useSyncExternalStore(
    subscribe,
    () => consent?.isCurrent ?? false,
    () => false,
  );
  const grant = useCallback<Consent['grant']>(async (options) => consent?.grant(options), [consent]);
  const withdraw = useCallback(async () => consent?.withdraw(), [consent]);
  return { status, isCurrent, bound: consent?.bound, grant, withdraw };
}
