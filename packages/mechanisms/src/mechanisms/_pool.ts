import { checkDraw, checkInteger, checkReports, mostCounters } from '../check.js';
import { type HashPool, poolHash, poolShape } from '../encode/hash-pool.js';
import { readInteger } from '../encode/report-bytes.js';
import { MechanismError } from '../errors.js';
import type { Support } from '../estimate/support.js';
import { ONE } from '../exact/flip.js';
import type { IndexParams, Params, State } from '../mechanism.js';

/** What mechanisms share that hash values by a public pool of functions, a report's by its public draw. */
export interface PoolParams extends IndexParams {
  /** Cells of a function. */
  readonly cells: number;
  /** Part of the public draw says which of its functions a report uses. */
  readonly pool: HashPool;
}

/** What a device needs of a pool, from params that are plain data otherwise. */
export function withHash<P extends Omit<PoolParams, 'pool'>>(
  plain: P,
): P & { readonly pool: Pick<HashPool, 'cellOf'> } {
  return { ...plain, pool: poolHash(plain.cells) };
}

const MAX_DOMAIN = 1_048_576;

/** Most cells of a sketch: 128 bytes where each is a bit of the report. */
const MAX_SKETCH = 1024;

/** A twentieth: what collisions may add to the variance of a sketch. */
const PART = 20n;

export function checkPoolDomain(domainSize: number): void {
  checkInteger('domain-size-out-of-range', 'domainSize', domainSize, 2, MAX_DOMAIN);
}

/** The part of params that asks for a public draw; with a single outcome there is nothing to draw. */
export function publicDraws(draws: number): { readonly draws?: number } {
  return draws === 1 ? {} : { draws };
}

/** @throws MechanismError `draw-out-of-range` */
export function drawOf({ draws }: Params, draw: number | undefined): number {
  return draws === undefined ? 0 : checkDraw(draw, draws);
}

/**
 * Of a report that supports its own cell with probability `own` and another with `other`: with which it supports the
 * client's value, and another value, which is in the same cell under a share `collision` of the functions.
 */
export function pooledSupport(own: number, other: number, { collision }: HashPool): Support {
  return { p: own, q: collision * own + (1 - collision) * other };
}

/**
 * Cells of a sketch: the least power of two of which collisions add at most a twentieth to the variance of a rare value,
 * q(1-q)/(p-q)^2 where q is `unset` but for collisions; or the most there may be. In integers, so that all agree.
 *
 * @param set, unset - probabilities of supporting the own cell and another, in units of 2^-64
 */
export function sketchCells(domainSize: number, set: bigint, unset: bigint): number {
  let cells = 2;
  for (let next = 2; next <= MAX_SKETCH; next *= 2) {
    const { lower, points, rows } = poolShape(next, domainSize);
    if (rows * next > mostCounters(domainSize)) continue;
    cells = next;
    const all = BigInt(points - 1);
    const meet = BigInt(lower - 1);
    const q = all * unset + meet * (set - unset);
    if (PART * q * (all * ONE - q) <= (PART + 1n) * unset * (ONE - unset) * (all - meet) ** 2n) break;
  }
  return cells;
}

/** @throws MechanismError `draw-out-of-range` unless there is a draw for each report */
export function checkDraws({ draws }: Params, reports: number, drawn: ArrayLike<number> | undefined): void {
  if (draws === undefined) return;
  if (drawn?.length !== reports) throw new MechanismError('draw-out-of-range', 'a public draw for each report');
  for (let i = 0; i < reports; i++) checkDraw(drawn[i], draws);
}

/** Counts reports laid end to end, each draw * symbols + symbol. @throws MechanismError, with nothing counted */
export function countDrawn(
  params: Params,
  symbols: number,
  state: State,
  bytes: Uint8Array,
  drawn?: ArrayLike<number>,
): void {
  const { draws, reportBytes } = params;
  const reports = checkReports(bytes, reportBytes);
  checkDraws(params, reports, drawn);
  for (let i = 0; i < reports; i++) {
    if (readInteger(bytes, i * reportBytes, reportBytes) >= symbols) {
      throw new MechanismError('report-malformed', `a symbol is below ${symbols}`);
    }
  }
  for (let i = 0; i < reports; i++) {
    const draw = draws === undefined ? 0 : (drawn?.[i] as number);
    const at = draw * symbols + readInteger(bytes, i * reportBytes, reportBytes);
    state.counts[at] = (state.counts[at] as number) + 1;
  }
  state.n += reports;
}
