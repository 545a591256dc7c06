import type { CandidateBits, CohortCounts } from './counts.js';

/** Different columns, of which each candidate has one. */
export interface DistinctColumns {
  readonly columns: CandidateBits;
  /** The column of each candidate. */
  readonly columnOf: Int32Array;
  /** The candidates of each column, in their order. */
  readonly members: readonly (readonly number[])[];
}

/** The sum of `vector` over the rows that column v sets. */
export function sumOver({ starts, rows }: CandidateBits, v: number, vector: Float64Array): number {
  const end = starts[v + 1] as number;
  let sum = 0;
  for (let i = starts[v] as number; i < end; i++) sum += vector[rows[i] as number] as number;
  return sum;
}

/** Groups candidates that set the same bits in every cohort that has reports. */
export function distinctColumns(counts: CohortCounts, candidates: CandidateBits): DistinctColumns {
  const starts = new Int32Array(candidates.count + 1);
  const rows = new Int32Array(candidates.rows.length);
  const columnOf = new Int32Array(candidates.count);
  const members: number[][] = [];
  const known = new Map<number, number[]>();
  let end = 0;
  for (let v = 0; v < candidates.count; v++) {
    const start = end;
    end = copyColumn(counts, candidates, v, rows, start);
    const key = hashOf(rows, start, end);
    const alike = known.get(key) ?? [];
    const same = alike.find((column) =>
      isSame(rows, starts[column] as number, starts[column + 1] as number, start, end),
    );
    if (same === undefined) {
      columnOf[v] = members.length;
      known.set(key, [...alike, members.length]);
      members.push([v]);
      starts[members.length] = end;
    } else {
      columnOf[v] = same;
      members[same]?.push(v);
      end = start;
    }
  }
  const count = members.length;
  return {
    columns: { count, starts: starts.slice(0, count + 1), rows: rows.slice(0, end) },
    columnOf,
    members,
  };
}

/** Copies the rows of candidate v, ascending, each once, those of empty cohorts left out. @returns where they end */
function copyColumn(
  { bits, reports }: CohortCounts,
  candidates: CandidateBits,
  v: number,
  into: Int32Array,
  start: number,
): number {
  const own = candidates.rows.slice(candidates.starts[v], candidates.starts[v + 1]);
  if (own.some((row, i) => i > 0 && (own[i - 1] as number) > row)) own.sort();
  let end = start;
  for (let i = 0; i < own.length; i++) {
    const row = own[i] as number;
    const isRepeated = i > 0 && own[i - 1] === row;
    if (!isRepeated && (reports[Math.floor(row / bits)] as number) > 0) into[end++] = row;
  }
  return end;
}

/** FNV-1a over whole rows. */
function hashOf(rows: Int32Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (rows[i] as number), 0x01000193);
  return hash;
}

function isSame(rows: Int32Array, start: number, end: number, otherStart: number, otherEnd: number): boolean {
  if (end - start !== otherEnd - otherStart) return false;
  for (let i = start, j = otherStart; i < end; i++, j++) if (rows[i] !== rows[j]) return false;
  return true;
}

/**
 * How many bits a text sets in a cohort: entry d is the share of (column, cohort) pairs that set d bits. Where there is
 * no column to learn from, as many as there are hashes.
 */
export function bitNumbers({ bits, cohorts, hashes, reports }: CohortCounts, columns: CandidateBits): Float64Array {
  const { count, starts, rows } = columns;
  const present = reports.reduce((sum, n) => sum + (n > 0 ? 1 : 0), 0);
  const pairs = count * present;
  const shares = new Float64Array(Math.min(bits, Math.max(hashes, longestRun(columns, bits))) + 1);
  if (rows.length === 0 || present === 0 || cohorts === 0) {
    shares[Math.min(hashes, bits)] = 1;
    return shares;
  }
  let seen = 0;
  for (let v = 0; v < count; v++) {
    const end = starts[v + 1] as number;
    for (let i = starts[v] as number; i < end; ) {
      const from = i;
      const next = (Math.floor((rows[i] as number) / bits) + 1) * bits;
      while (i < end && (rows[i] as number) < next) i++;
      shares[i - from] = (shares[i - from] as number) + 1 / pairs;
      seen++;
    }
  }
  shares[0] = (pairs - seen) / pairs;
  return shares;
}

/** The most bits that a column sets in a cohort. */
function longestRun({ count, starts, rows }: CandidateBits, bits: number): number {
  let longest = 0;
  for (let v = 0; v < count; v++) {
    const end = starts[v + 1] as number;
    let [run, cohort] = [0, -1];
    for (let i = starts[v] as number; i < end; i++) {
      const own = Math.floor((rows[i] as number) / bits);
      run = own === cohort ? run + 1 : 1;
      cohort = own;
      if (run > longest) longest = run;
    }
  }
  return longest;
}
