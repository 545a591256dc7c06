import { EXPECTED, LAW, PRIVACY, SAMPLES, STAGES, UNBIASED } from '../support/broken.js';
import { contractOf, type Mutation } from './mutation.js';

/** Bugs in what a client says of its value, and in what epsilons are stated. */
export const privacy: readonly Mutation[] = [
  {
    name: 'own and other bits swapped',
    file: 'mechanisms/oue.ts',
    find: 'bits: bitChannel(ONE / 2n, flipAbove(BigInt(micro), BigInt(MICRO)))',
    replace: 'bits: bitChannel(flipAbove(BigInt(micro), BigInt(MICRO)), ONE / 2n)',
    ...contractOf('oue', UNBIASED),
  },
  {
    name: 'a threshold rounded up',
    file: 'mechanisms/grr.ts',
    find: 'keep: threshold((ONE * (e - SCALE)) / (e + (k - 1n) * SCALE)),',
    replace: 'keep: threshold((ONE * (e - SCALE)) / (e + (k - 1n) * SCALE) + (1n << 20n)),',
    ...contractOf('grr', PRIVACY),
  },
  {
    name: 'a flip rounded down to its digits',
    file: 'exact/flip.ts',
    find: 'return ((mass + unit - 1n) / unit) * unit;',
    replace: 'return (mass / unit) * unit;',
    ...contractOf('sue', PRIVACY),
  },
  {
    name: 'an exponential that is above the true one',
    file: 'exact/exponential.ts',
    find: 'return sum - (sum >> 48n);',
    replace: 'return sum + (sum >> 40n);',
    tests: ['exact.test.ts'],
  },
  {
    name: 'a logarithm rounded down',
    file: 'exact/logarithm.ts',
    find: '(total >> excess) + 1n',
    replace: 'total >> excess',
    tests: ['exact.test.ts'],
  },
  {
    name: 'epsilon for each of two bits instead of half of it',
    file: 'mechanisms/sue.ts',
    find: 'BigInt(2 * MICRO)',
    replace: 'BigInt(MICRO)',
    ...contractOf('sue', PRIVACY),
  },
  {
    name: 'a subset of one member more in the branch of the own value',
    file: 'mechanisms/subset-selection.ts',
    find: '      flip(report, isIn ? member : other);',
    replace: '      if (!isIn) flip(report, other);',
    ...contractOf('subset-selection', SAMPLES),
  },
  {
    name: 'a subset that is begun with one member less',
    file: 'mechanisms/_subset.ts',
    find: '  const begin = beginning(size, weight);',
    replace: '  const begin = beginning(size, weight);\n  if (weight > 1) weight--;',
    tests: ['variance.stat.test.ts'],
    only: 'clients.*subset-selection',
  },
  {
    name: 'a subset that leaves its last value out',
    file: 'mechanisms/_subset.ts',
    find: 'drawPosition(source, bytes, size, isMember)',
    replace: 'drawPosition(source, bytes, isMember ? size : size - 1, isMember)',
    ...contractOf('subset-selection', SAMPLES),
  },
  {
    name: 'w rounded the wrong way',
    file: 'mechanisms/subset-selection.ts',
    find: 'compare(totalError(e, k, below + 1n), totalError(e, k, below)) < 0',
    replace: 'compare(totalError(e, k, below + 1n), totalError(e, k, below)) > 0',
    tests: ['subset-selection.test.ts'],
  },
  {
    name: 'RAPPOR without its instantaneous stage',
    file: 'mechanisms/rappor.ts',
    find: '      pass(source, p.instantaneous, filter, 0, p.bits);\n',
    replace: '',
    ...contractOf('rappor', LAW),
  },
  {
    name: 'L-GRR without its instantaneous stage',
    file: 'mechanisms/l-grr.ts',
    find: 'keepOr(source, p.instantaneous, p.cells, storedValue(p, permanent))',
    replace: 'storedValue(p, permanent)',
    ...contractOf('l-grr', LAW),
  },
  {
    name: 'L-OSUE whose permanent stage is the instantaneous one',
    file: 'mechanisms/l-osue.ts',
    find: 'randomizeOne(pass, source, p.permanent,',
    replace: 'randomizeOne(pass, source, p.instantaneous,',
    ...contractOf('l-osue', STAGES),
  },
  {
    name: 'the published second stage instead of the exact one',
    file: 'mechanisms/_two-stage.ts',
    find: 'instantaneous: threshold((ONE * keepBelow(microFirst, cells)) / permanent),',
    replace: `instantaneous: threshold(
      ((a: bigint, b: bigint, others: bigint) => {
        const odds = (((a * b) / SCALE - SCALE) * SCALE) / (a - b);
        return (ONE * (odds - SCALE)) / (odds + others * SCALE);
      })(
        expBelow(BigInt(microInfinity), BigInt(MICRO)),
        expBelow(BigInt(microFirst), BigInt(MICRO)),
        BigInt(cells - 1),
      ),
    ),`,
    tests: ['two-stage.test.ts', 'epsilon.test.ts'],
  },
  {
    name: 'charges of an epoch one report off',
    file: 'mechanisms/_epoch.ts',
    find: '(i === 0 ? first : Math.min(micro, infinity))',
    replace: '(i === 0 ? first : Math.min(charged[i - 1] ?? micro, infinity))',
    ...contractOf('l-osue', STAGES),
  },
  {
    name: 'charges of cells that forget what the other cells may have been',
    file: 'mechanisms/_epoch.ts',
    find: 'a.numerator * c.denominator + a.denominator * c.numerator + (g - 2n) * a.denominator * c.denominator,',
    replace: 'a.numerator * c.denominator + a.denominator * c.numerator + (g - 1n) * a.denominator * c.denominator,',
    ...contractOf('l-grr', STAGES),
  },
  {
    name: 'dBitFlip that asks about one more value in its set',
    file: 'mechanisms/d-bit-flip.ts',
    find: 'return (set * p.sampled + place) % p.domainSize;',
    replace: 'return (set * p.sampled + set + place) % p.domainSize;',
    tests: ['d-bit-flip.test.ts'],
  },
  {
    name: 'a value rounded up one time too many',
    file: 'mechanisms/duchi.ts',
    find: 'uniformInt(source, p.clamp) < value',
    replace: 'uniformInt(source, p.clamp) <= value',
    ...contractOf('duchi', LAW),
  },
  {
    name: 'a window that begins one place late',
    file: 'mechanisms/piecewise.ts',
    find: 'placeOf(p, value, up) + uniformInt(source, p.window)',
    replace: 'placeOf(p, value, up) + 1 + uniformInt(source, p.window)',
    ...contractOf('piecewise', LAW),
  },
  {
    name: 'a hybrid whose bit is never turned',
    file: 'mechanisms/hybrid.ts',
    find: 'p.outputs + 1 - bit]',
    replace: 'p.outputs + bit]',
    tests: ['window.test.ts'],
  },
  {
    name: 'texts hashed alike in all cohorts',
    file: 'mechanisms/_bloom.ts',
    find: 'new Set(bloomBits(text, cohort,',
    replace: 'new Set(bloomBits(text, 0,',
    ...contractOf('rappor', EXPECTED),
  },
];
