/**
 * The table of shuffle figures: one million messages, delta 1e-8, of ideal parameters, beside the figures of reference, which are
 * those of variation-ratio reduction; and what is proved of them (`src/shuffle/bounds.ts`). `pnpm figures shuffle`.
 */
import { variationRatio } from '../src/shuffle/bounds.js';
import { centralPrivacy, leastEpsilon } from '../src/shuffle/central.js';
import { clonesEpsilon, strongerEpsilon } from '../src/shuffle/closed-forms.js';
import { type LocalRandomizer, mostVariation } from '../src/shuffle/randomizer.js';

/** Cells of optimized local hashing: one more than the whole number u next to E with the smaller E^2/u + u. */
function hashCells(e: number): number {
  const cost = (u: number) => (e * e) / u + u;
  const below = Math.floor(e);
  return 1 + (cost(below + 1) < cost(below) ? below + 1 : below);
}

/** Of projective geometry over the field of `q` elements, with at least 1,024 points. */
function geometry(epsilon: number, q: number): LocalRandomizer {
  const e = Math.exp(epsilon);
  let dimension = 2;
  const points = (t: number) => (q ** t - 1) / (q - 1);
  while (points(dimension) < 1024) dimension++;
  const [all, weight, overlap] = [points(dimension), points(dimension - 1), points(dimension - 2)];
  const sum = (e - 1) * weight + all;
  return { epsilon, totalVariation: ((weight - overlap) * (e - 1)) / sum, support: (e * weight) / sum };
}

/** Randomized response over `k` values, or cells that do not collide. */
function response(epsilon: number, k: number): LocalRandomizer {
  const e = Math.exp(epsilon);
  return { epsilon, totalVariation: (e - 1) / (e + k - 1), support: e / (e + k - 1) };
}

const randomizers: Readonly<Record<string, (epsilon: number) => LocalRandomizer>> = {
  any: (epsilon) => ({ epsilon, totalVariation: mostVariation(epsilon) }),
  'GRR, 16 values': (epsilon) => response(epsilon, 16),
  OLH: (epsilon) => response(epsilon, hashCells(Math.exp(epsilon))),
  'PGR, field of 3': (epsilon) => geometry(epsilon, 3),
  'PGR, field of 7': (epsilon) => geometry(epsilon, 7),
  'PGR, field of 53': (epsilon) => geometry(epsilon, 53),
  OUE: (epsilon) => ({ epsilon, totalVariation: mostVariation(epsilon) / 2, support: 0.5 }),
};

const reference: readonly (readonly [epsilon: number, what: string, n: number, delta: number, figure: string])[] = [
  [1, '2021', 1e6, 1e-8, '.0268'],
  [1, '2023', 1e6, 1e-8, '.0222'],
  [1, 'any', 1e6, 1e-8, '.0050'],
  [1, 'GRR, 16 values', 1e6, 1e-8, '.0022'],
  [1, 'OLH', 1e6, 1e-8, '.0040'],
  [1, 'PGR, field of 3', 1e6, 1e-8, '.0036'],
  [1, 'OUE', 1e6, 1e-8, '.0035'],
  [2, '2021', 1e6, 1e-8, '.0712'],
  [2, '2023', 1e6, 1e-8, '.0541'],
  [2, 'any', 1e6, 1e-8, '.0130'],
  [2, 'GRR, 16 values', 1e6, 1e-8, '.0078'],
  [2, 'OLH', 1e6, 1e-8, '.0098'],
  [2, 'PGR, field of 7', 1e6, 1e-8, '.0094'],
  [4, '2021', 1e6, 1e-8, '.226'],
  [4, '2023', 1e6, 1e-8, '.167'],
  [4, 'any', 1e6, 1e-8, '.0451'],
  [4, 'GRR, 16 values', 1e6, 1e-8, '.0401'],
  [4, 'OLH', 1e6, 1e-8, '.0316'],
  [4, 'PGR, field of 53', 1e6, 1e-8, '.0317'],
  [6, '2021', 1e6, 1e-8, '.539'],
  [6, '2023', 1e6, 1e-8, '.409'],
  [6, 'any', 1e6, 1e-8, '.132'],
  [6, 'GRR, 16 values', 1e6, 1e-8, '.1295'],
  [6, 'OLH', 1e6, 1e-8, '.092'],
  [2, '2023', 1e4, 1e-6, '.398'],
  [2, 'any', 1e4, 1e-6, '.114'],
];

function ours(epsilon: number, what: string, n: number, delta: number): { figure: number; bound?: number } {
  if (what === '2021') return { figure: clonesEpsilon(epsilon, n, delta) ?? Number.NaN };
  if (what === '2023') return { figure: strongerEpsilon(epsilon, n, delta) ?? Number.NaN };
  const randomizer = (randomizers[what] as (epsilon: number) => LocalRandomizer)(epsilon);
  return {
    figure: leastEpsilon(variationRatio(randomizer, n), delta, epsilon),
    bound: centralPrivacy(randomizer, n).epsilon(delta),
  };
}

let differing = 0;
process.stdout.write('local  message             messages    delta  reference      ours     bound\n');
for (const [epsilon, what, n, delta, figure] of reference) {
  const computed = ours(epsilon, what, n, delta);
  const decimals = figure.length - 1;
  const isEqual = computed.figure.toFixed(decimals).replace(/^0/, '') === figure;
  if (!isEqual) differing++;
  const cells = [
    String(epsilon).padStart(5),
    what.padEnd(18),
    n.toLocaleString('en').padStart(9),
    String(delta).padStart(7),
    figure.padStart(9),
    computed.figure.toFixed(decimals + 2).padStart(8),
    (computed.bound?.toFixed(decimals + 2) ?? '').padStart(8),
  ];
  process.stdout.write(`${cells.join('  ').trimEnd()}${isEqual ? '' : '  differs'}\n`);
}
process.stdout.write(`${reference.length - differing} of ${reference.length} figures are equal to the last digit\n`);
if (differing > 0) process.exitCode = 1;
