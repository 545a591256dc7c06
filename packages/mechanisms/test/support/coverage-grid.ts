import type { Support } from '@dither/mechanisms';
import { countLaw, coverage, type Interval } from './coverage.js';

/** The cells over which docs/adr/0005 states coverage. */

const E = Math.exp;

export function randomizedResponse(epsilon: number): Support {
  return { p: E(epsilon) / (E(epsilon) + 1), q: 1 / (E(epsilon) + 1) };
}

function generalized(k: number): (epsilon: number) => Support {
  return (epsilon) => ({ p: E(epsilon) / (E(epsilon) + k - 1), q: 1 / (E(epsilon) + k - 1) });
}

const MECHANISMS: Readonly<Record<string, (epsilon: number) => Support>> = {
  rr: randomizedResponse,
  sue: (epsilon) => randomizedResponse(epsilon / 2),
  oue: (epsilon) => ({ p: 0.5, q: 1 / (E(epsilon) + 1) }),
  'grr k=4': generalized(4),
  'grr k=12': generalized(12),
  'grr k=64': generalized(64),
};
const EPSILONS = [0.1, 0.25, 0.5, 1, 2, 3, 4, 6, 8];

export interface Setting {
  readonly name: string;
  readonly support: Support;
  readonly n: number;
}

export function settingsOf(sizes: readonly number[]): Setting[] {
  return Object.entries(MECHANISMS).flatMap(([mechanism, supportOf]) =>
    EPSILONS.flatMap((epsilon) =>
      sizes.map((n) => ({ name: `${mechanism}, epsilon ${epsilon}, n ${n}`, support: supportOf(epsilon), n })),
    ),
  );
}

/** Whether the count of each support is expected to be at least 10, whatever the truth. */
function isPlenty({ support, n }: Setting): boolean {
  return n * Math.min(support.q, 1 - support.p) >= 10;
}

export function plenty(settings: readonly Setting[]): Setting[] {
  return settings.filter(isPlenty);
}

export function few(settings: readonly Setting[]): Setting[] {
  return settings.filter((setting) => !isPlenty(setting));
}

export interface Cell {
  readonly name: string;
  /** The truth. */
  readonly share: number;
  readonly coverage: number;
}

/** Truths: `steps` equal parts of n, and the four whole clients nearest either end. */
function holdersGrid(n: number, steps: number): number[] {
  const grid = new Set([0, 1, 2, 3, n - 3, n - 2, n - 1, n]);
  for (let i = 0; i <= steps; i++) grid.add(Math.round((i * n) / steps));
  return [...grid].sort((a, b) => a - b);
}

export function cellsOf({ name, support, n }: Setting, interval: Interval, steps = 40): Cell[] {
  const known = new Map<number, readonly [number, number]>();
  const once = (count: number) => {
    const result = known.get(count) ?? interval(count, n);
    known.set(count, result);
    return result;
  };
  return holdersGrid(n, steps).map((holders) => {
    const share = holders / n;
    return { name, share, coverage: coverage(countLaw(support, holders, n), once, share) };
  });
}

export interface Summary {
  readonly cells: number;
  readonly least: number;
  readonly most: number;
  readonly below94: number;
  readonly above98: number;
}

export function summary(cells: readonly Cell[]): Summary {
  const all = cells.map((cell) => cell.coverage);
  const rounded = (x: number) => Math.round(x * 1e4) / 1e4;
  return {
    cells: cells.length,
    least: rounded(Math.min(...all)),
    most: rounded(Math.max(...all)),
    below94: all.filter((x) => x < 0.94).length,
    above98: all.filter((x) => x > 0.98).length,
  };
}
