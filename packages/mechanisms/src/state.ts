import { MechanismError } from './errors.js';
import type { Params, State } from './mechanism.js';

/** The numbers, beside epsilon, that can tell two channels of one mechanism apart. */
const SHAPE = ['domainSize', 'bits', 'hashes', 'cohorts', 'microInfinity'] as const;

/** Names a channel: two states are addable when this agrees. */
export function stateKey(params: Params): string {
  const parts = params as Params & { readonly [name in (typeof SHAPE)[number]]?: unknown };
  const shape = SHAPE.map((name) => parts[name]).filter((part) => typeof part === 'number');
  return [params.mechanism, ...shape, params.microEpsilon].join('/');
}

export function emptyState(params: Params, counters: number): State {
  return { params: stateKey(params), n: 0, counts: new Float64Array(counters) };
}

/** Throws `state-mismatch` unless `state` was accumulated under `params`. */
export function checkState(params: Params, state: State): void {
  if (state.params !== stateKey(params)) {
    throw new MechanismError('state-mismatch', 'a state is estimated under the parameters it was accumulated under');
  }
}

/** Adds `other` to `state`. @throws MechanismError `state-mismatch` */
export function mergeStates(state: State, other: State): void {
  if (state.params !== other.params || state.counts.length !== other.counts.length) {
    throw new MechanismError('state-mismatch', 'states of different parameters cannot be added');
  }
  state.n += other.n;
  for (let i = 0; i < state.counts.length; i++) {
    state.counts[i] = (state.counts[i] as number) + (other.counts[i] as number);
  }
}

const MAGIC = 0x5344; // "DS"
const VERSION = 1;

/**
 * State as bytes: "DS", version 1, length of the params key (one byte), the key, then n and the counters as
 * little-endian doubles. The key is ASCII.
 */
export function encodeState(state: State): Uint8Array {
  const key = Uint8Array.from(state.params, (letter) => letter.charCodeAt(0));
  const bytes = new Uint8Array(4 + key.length + 8 * (1 + state.counts.length));
  const view = new DataView(bytes.buffer);
  view.setUint16(0, MAGIC, true);
  view.setUint8(2, VERSION);
  view.setUint8(3, key.length);
  bytes.set(key, 4);
  view.setFloat64(4 + key.length, state.n, true);
  state.counts.forEach((count, i) => {
    view.setFloat64(4 + key.length + 8 * (i + 1), count, true);
  });
  return bytes;
}

/** @throws MechanismError `state-malformed`, saying how the bytes differ from a state */
export function decodeState(bytes: Uint8Array): State {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint16(0, true) !== MAGIC) {
    throw new MechanismError('state-malformed', 'a state begins with "DS"');
  }
  if (view.getUint8(2) !== VERSION) {
    throw new MechanismError('state-malformed', `state version ${VERSION} is the one this code reads`);
  }
  const start = 4 + view.getUint8(3);
  const doubles = (bytes.length - start) / 8;
  if (!Number.isInteger(doubles) || doubles < 1) {
    throw new MechanismError('state-malformed', 'a state holds whole doubles after its key');
  }
  const counts = new Float64Array(doubles - 1);
  for (let i = 0; i < counts.length; i++) counts[i] = view.getFloat64(start + 8 * (i + 1), true);
  const state = {
    params: String.fromCharCode(...bytes.subarray(4, start)),
    n: view.getFloat64(start, true),
    counts,
  };
  if (!isCount(state.n) || !counts.every(isCount)) {
    throw new MechanismError('state-malformed', 'counters are whole numbers below 2^53');
  }
  return state;
}

function isCount(x: number): boolean {
  return Number.isSafeInteger(x) && x >= 0;
}
