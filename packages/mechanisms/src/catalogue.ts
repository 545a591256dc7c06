/** Every mechanism, one line each: for the server, the simulator and the tests. The SDK never imports this. */
import type { Mechanism } from './mechanism.js';
import * as countMeanSketch from './mechanisms/count-mean-sketch.js';
import * as dBitFlip from './mechanisms/d-bit-flip.js';
import * as duchi from './mechanisms/duchi.js';
import * as grr from './mechanisms/grr.js';
import * as hadamardCountMeanSketch from './mechanisms/hadamard-count-mean-sketch.js';
import * as hadamardResponse from './mechanisms/hadamard-response.js';
import * as hybrid from './mechanisms/hybrid.js';
import * as lGrr from './mechanisms/l-grr.js';
import * as lOsue from './mechanisms/l-osue.js';
import * as localHashing from './mechanisms/local-hashing.js';
import * as loloha from './mechanisms/loloha.js';
import * as oneBitMean from './mechanisms/one-bit-mean.js';
import * as oneTimeRappor from './mechanisms/one-time-rappor.js';
import * as oue from './mechanisms/oue.js';
import * as piecewise from './mechanisms/piecewise.js';
import * as projectiveGeometry from './mechanisms/projective-geometry.js';
import * as rappor from './mechanisms/rappor.js';
import * as recursiveHadamard from './mechanisms/recursive-hadamard.js';
import * as rr from './mechanisms/rr.js';
import * as squareWave from './mechanisms/square-wave.js';
import * as subsetSelection from './mechanisms/subset-selection.js';
import * as sue from './mechanisms/sue.js';
import * as tree from './mechanisms/tree.js';

const mechanisms = [
  { id: 'rr', answers: 'frequencies', ...rr },
  { id: 'grr', answers: 'frequencies', ...grr },
  { id: 'sue', answers: 'frequencies', ...sue },
  { id: 'oue', answers: 'frequencies', ...oue },
  { id: 'subset-selection', answers: 'frequencies', ...subsetSelection },
  { id: 'local-hashing', answers: 'frequencies', ...localHashing },
  { id: 'count-mean-sketch', answers: 'frequencies', ...countMeanSketch },
  { id: 'hadamard-count-mean-sketch', answers: 'frequencies', ...hadamardCountMeanSketch },
  { id: 'hadamard-response', answers: 'frequencies', ...hadamardResponse },
  { id: 'projective-geometry', answers: 'frequencies', ...projectiveGeometry },
  { id: 'recursive-hadamard', answers: 'frequencies', ...recursiveHadamard },
  { id: 'one-bit-mean', answers: 'frequencies', ...oneBitMean },
  { id: 'duchi', answers: 'frequencies', ...duchi },
  { id: 'piecewise', answers: 'frequencies', ...piecewise },
  { id: 'hybrid', answers: 'frequencies', ...hybrid },
  { id: 'tree', answers: 'distribution', ...tree },
  { id: 'square-wave', answers: 'distribution', ...squareWave },
  { id: 'l-grr', answers: 'frequencies', ...lGrr },
  { id: 'l-osue', answers: 'frequencies', ...lOsue },
  { id: 'loloha', answers: 'frequencies', ...loloha },
  { id: 'd-bit-flip', answers: 'frequencies', ...dBitFlip },
  { id: 'one-time-rappor', answers: 'texts', ...oneTimeRappor },
  { id: 'rappor', answers: 'texts', ...rappor },
] as unknown as readonly Mechanism[];

/** Id to mechanism. Each is held to the contract suite; types of params and reports are its own affair. */
export const catalogue: ReadonlyMap<string, Mechanism> = new Map(mechanisms.map((m) => [m.id, m]));
