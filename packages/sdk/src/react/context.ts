import type { Declarations } from '@dither/protocol';
import { createContext, createElement, type ReactElement, type ReactNode, useContext } from 'react';
import type { Client } from '../client.js';

/** Whatever its metrics: those who name them know which. */
type AnyClient = Client<Declarations>;

const context = /* @__PURE__ */ createContext<AnyClient | undefined>(undefined);

export interface DitherProviderProps<D extends Declarations> {
  readonly client: Client<D>;
  readonly children?: ReactNode;
}

/** Hands a client to the hooks of what is inside. */
export function DitherProvider<D extends Declarations>({ client, children }: DitherProviderProps<D>): ReactElement {
  return createElement(context.Provider, { value: client as unknown as AnyClient }, children);
}

/** The client of the nearest provider; undefined outside of one, as in a test of a single component. */
export function useDither<D extends Declarations>(): Client<D> | undefined {
  return useDitherOr(undefined);
}

export function useDitherOr<D extends Declarations>(fallback: Client<D> | undefined): Client<D> | undefined {
  return (useContext(context) as unknown as Client<D> | undefined) ?? fallback;
}
