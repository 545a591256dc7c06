/** Every mechanism, one line each: for the server, the simulator and the tests. The SDK never imports this. */
import type { Mechanism } from './mechanism.js';
import * as grr from './mechanisms/grr.js';
import * as oneBitMean from './mechanisms/one-bit-mean.js';
import * as oue from './mechanisms/oue.js';
import * as rr from './mechanisms/rr.js';
import * as sue from './mechanisms/sue.js';

const mechanisms = [
  { id: 'rr', ...rr },
  { id: 'grr', ...grr },
  { id: 'sue', ...sue },
  { id: 'oue', ...oue },
  { id: 'one-bit-mean', ...oneBitMean },
] as unknown as readonly Mechanism[];

/** Id to mechanism. Each is held to the contract suite; types of params and reports are its own affair. */
export const catalogue: ReadonlyMap<string, Mechanism> = new Map(mechanisms.map((m) => [m.id, m]));
