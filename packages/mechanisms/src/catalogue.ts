/** Every mechanism, one line each: for the server, the simulator and the tests. The SDK never imports this. */
import type { Mechanism } from './mechanism.js';
import * as grr from './mechanisms/grr.js';
import * as oneBitMean from './mechanisms/one-bit-mean.js';
import * as oneTimeRappor from './mechanisms/one-time-rappor.js';
import * as oue from './mechanisms/oue.js';
import * as rappor from './mechanisms/rappor.js';
import * as rr from './mechanisms/rr.js';
import * as squareWave from './mechanisms/square-wave.js';
import * as sue from './mechanisms/sue.js';
import * as tree from './mechanisms/tree.js';

const mechanisms = [
  { id: 'rr', answers: 'frequencies', ...rr },
  { id: 'grr', answers: 'frequencies', ...grr },
  { id: 'sue', answers: 'frequencies', ...sue },
  { id: 'oue', answers: 'frequencies', ...oue },
  { id: 'one-bit-mean', answers: 'frequencies', ...oneBitMean },
  { id: 'tree', answers: 'distribution', ...tree },
  { id: 'square-wave', answers: 'distribution', ...squareWave },
  { id: 'one-time-rappor', answers: 'texts', ...oneTimeRappor },
  { id: 'rappor', answers: 'texts', ...rappor },
] as unknown as readonly Mechanism[];

/** Id to mechanism. Each is held to the contract suite; types of params and reports are its own affair. */
export const catalogue: ReadonlyMap<string, Mechanism> = new Map(mechanisms.map((m) => [m.id, m]));
