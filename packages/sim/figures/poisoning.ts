/**
 * The poisoning figures: what forged reports gain for ten targets at epsilon 1 with a twentieth of the reports, of 1,024 values that
 * are alike; published formulas (Cao, Jia, Gong 2021) beside what the bytes of forged reports do. `pnpm figures poisoning`.
 */
import type { FrequencyMechanism, IndexParams } from '@dither/mechanisms';
import { catalogue } from '@dither/mechanisms/catalogue';
import type { DrawChoice } from '../src/attack/forgery.js';
import { simulateAttacks } from '../src/attack/simulate.js';
import { seededSources } from '../src/seeded.js';

const [epsilon, domainSize, count, share] = [1, 1024, 10, 0.05];
const e = Math.exp(epsilon);
const held = count / domainSize;

/** Mean number of balls in the fullest of some cells: over all ways to throw them. */
function fullest(balls: number, cells: number): number {
  // Ways to throw so that no cell has more than `most`, from the coefficients of truncated exponential series.
  const waysWithin = (most: number): number => {
    let ways = [1];
    for (let cell = 0; cell < cells; cell++) {
      const next = new Array<number>(balls + 1).fill(0);
      ways.forEach((coefficient, thrown) => {
        for (let more = 0, factor = 1; more <= most && thrown + more <= balls; more++, factor /= more) {
          next[thrown + more] = (next[thrown + more] as number) + coefficient * factor;
        }
      });
      ways = next;
    }
    let factorial = 1;
    for (let i = 2; i <= balls; i++) factorial *= i;
    return ((ways[balls] as number) * factorial) / cells ** balls;
  };
  let mean = 0;
  for (let most = 0; most < balls; most++) mean += 1 - waysWithin(most);
  return mean;
}

/** Of optimized local hashing with any seed there may be: four cells at epsilon 1. */
function hashedGain(load: number): number {
  const cells = 4;
  const [p, q] = [e / (e + cells - 1), 1 / cells];
  return share * ((load - count * q) / (p - q) - held);
}

const first = Array.from({ length: count }, (_, i) => i);
const scattered = [37, 101, 180, 333, 402, 519, 666, 748, 871, 990];

interface Figure {
  readonly what: string;
  readonly id: string;
  readonly targets: readonly number[];
  readonly draws: DrawChoice;
  /** As it was published, where a number was; the rest are formulas. */
  readonly reference?: string;
  readonly formula: number;
}

const figures: readonly Figure[] = [
  {
    what: 'GRR',
    id: 'grr',
    targets: scattered,
    draws: 'assigned',
    formula: share * (1 - held) + (share * (domainSize - count)) / (e - 1),
  },
  {
    what: 'OUE',
    id: 'oue',
    targets: scattered,
    draws: 'assigned',
    formula: share * (2 * count - held) + (2 * share * count) / (e - 1),
  },
  {
    what: 'OLH, chosen seeds',
    id: 'local-hashing',
    targets: first,
    draws: 'chosen',
    reference: '1.66',
    formula: hashedGain(count),
  },
  {
    what: 'OLH, assigned seeds',
    id: 'local-hashing',
    targets: scattered,
    draws: 'assigned',
    reference: '.38',
    formula: hashedGain(fullest(count, 4)),
  },
];

process.stdout.write('                     reference   formula  closed form here  measured  standard error\n');
for (const { what, id, targets, draws, reference = '', formula } of figures) {
  const mechanism = catalogue.get(id) as FrequencyMechanism;
  const { params } = mechanism.client as { params(options: { epsilon: number; domainSize: number }): IndexParams };
  const outcome = await simulateAttacks(
    {
      mechanism,
      params: params({ epsilon, domainSize }),
      shares: new Float64Array(domainSize).fill(1 / domainSize),
      targets,
      clients: 100_000,
      forged: [share],
      draws: [draws],
      tries: 1,
      repetitions: 20,
      alpha: 0.01,
      sources: seededSources('poisoning'),
    },
    new AbortController().signal,
    () => undefined,
  );
  const point = outcome.results.find(({ strategy }) => strategy === 'maximal')?.points[0];
  if (point === undefined) throw new Error(`${id}: no maximal attack`);
  const cells = [
    what.padEnd(19),
    reference.padStart(10),
    formula.toFixed(4).padStart(8),
    point.expected.toFixed(4).padStart(16),
    point.gain.toFixed(4).padStart(8),
    point.standardError.toFixed(4).padStart(14),
  ];
  process.stdout.write(`${cells.join('  ')}\n`);
  if (Math.abs(point.gain - point.expected) > 5 * point.standardError) process.exitCode = 1;
}
process.stdout.write(
  'With any seed, ten targets can share one cell of four; of the pool in use only targets that are near one another can, such as the first ten.\n',
);
