import * as countMeanSketch from '@dither/mechanisms/count-mean-sketch';
import * as dBitFlip from '@dither/mechanisms/d-bit-flip';
import * as duchi from '@dither/mechanisms/duchi';
import * as grr from '@dither/mechanisms/grr';
import * as hadamardCountMeanSketch from '@dither/mechanisms/hadamard-count-mean-sketch';
import * as hadamardResponse from '@dither/mechanisms/hadamard-response';
import * as hybrid from '@dither/mechanisms/hybrid';
import * as lGrr from '@dither/mechanisms/l-grr';
import * as lOsue from '@dither/mechanisms/l-osue';
import * as localHashing from '@dither/mechanisms/local-hashing';
import * as loloha from '@dither/mechanisms/loloha';
import * as oneBitMean from '@dither/mechanisms/one-bit-mean';
import * as oneTimeRappor from '@dither/mechanisms/one-time-rappor';
import * as oue from '@dither/mechanisms/oue';
import * as piecewise from '@dither/mechanisms/piecewise';
import * as projectiveGeometry from '@dither/mechanisms/projective-geometry';
import * as rappor from '@dither/mechanisms/rappor';
import * as recursiveHadamard from '@dither/mechanisms/recursive-hadamard';
import * as rr from '@dither/mechanisms/rr';
import * as squareWave from '@dither/mechanisms/square-wave';
import * as subsetSelection from '@dither/mechanisms/subset-selection';
import * as sue from '@dither/mechanisms/sue';
import * as tree from '@dither/mechanisms/tree';
import {
  boolean,
  category,
  count,
  type Declared,
  defineRegistry,
  quantity,
  type Registry,
  text,
  timing,
  type WireReport,
  type WireTable,
} from '@dither/protocol';
import fc from 'fast-check';

/** Up to four decimals, as a developer would write it. */
const epsilon = fc.integer({ min: 1, max: 40_000 }).map((x) => x / 10_000);

const words = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }).filter((s) => s.trim() !== '');

const about = fc.record({
  description: words,
  purpose: words,
  owner: words,
  period: fc.constantFrom(1, 7, 28),
  expires: fc.constantFrom('2026-01-31', '2028-02-29', '2099-12-31'),
  epsilon,
});

type AnyIndexClient = Parameters<typeof boolean>[0]['mechanism'];

/** Those that estimate the share of each value. */
const oneStage = [
  grr.client,
  sue.client,
  oue.client,
  localHashing.client,
  recursiveHadamard.client,
  projectiveGeometry.client,
  subsetSelection.client,
  countMeanSketch.client,
  hadamardCountMeanSketch.client,
  hadamardResponse.client,
] as const;

const wide = fc.constantFrom<AnyIndexClient>(...oneStage);
const means = fc.constantFrom<AnyIndexClient>(oneBitMean.client, duchi.client, piecewise.client, hybrid.client);

const numbers = fc.record({
  low: fc.integer({ min: 1, max: 100 }),
  width: fc.integer({ min: 200, max: 1_000_000 }),
  buckets: fc.integer({ min: 2, max: 40 }),
  scale: fc.constantFrom<'log' | 'linear'>('log', 'linear'),
  aggregate: fc.constantFrom<'random' | 'first' | 'last' | 'max'>('random', 'first', 'last', 'max'),
  mechanism: fc.constantFrom<AnyIndexClient>(...oneStage, tree.client, squareWave.client),
});

const values = fc.uniqueArray(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).filter((s) => s !== 'none'),
  { minLength: 1, maxLength: 20 },
);

const shape = fc.record({
  bits: fc.integer({ min: 8, max: 256 }),
  hashes: fc.integer({ min: 1, max: 4 }),
  cohorts: fc.constantFrom(1, 2, 64),
});

const declared: fc.Arbitrary<Declared> = fc.oneof(
  about.map((o) => boolean({ ...o, mechanism: rr.client }) as Declared),
  fc
    .tuple(about, values, wide, fc.constantFrom<'last' | 'random'>('last', 'random'))
    .map(([o, v, mechanism, aggregate]) => category({ ...o, values: v, mechanism, aggregate }) as Declared),
  fc
    .tuple(about, fc.integer({ min: 1, max: 2 ** 20 }), means)
    .map(([o, clamp, mechanism]) => count({ ...o, clamp, mechanism }) as Declared),
  fc
    .tuple(about, numbers)
    .map(([o, { low, width, ...n }]) => timing({ ...o, ...n, range: [low, low + width] }) as Declared),
  fc
    .tuple(about, numbers, fc.constantFrom('MiB', 'h', '°C'))
    .map(([o, { low, width, ...n }, unit]) => quantity({ ...o, ...n, unit, range: [low, low + width] }) as Declared),
  fc
    .tuple(about, shape, fc.integer({ min: 1, max: 1024 }))
    .map(([o, s, maxLength]) => text({ ...o, ...s, maxLength, mechanism: oneTimeRappor.client }) as Declared),
  fc.tuple(about, shape, fc.integer({ min: 1, max: 9_999 })).map(
    ([{ epsilon: _one, ...o }, s, first]) =>
      text({
        ...o,
        ...s,
        mechanism: rappor.client,
        latch: { epsilonFirst: first / 10_000, epsilonInfinity: 1 + first / 10_000, epoch: 56 },
      }) as Declared,
  ),
  fc
    .tuple(about, values, fc.constantFrom(lGrr.client, lOsue.client, loloha.client), fc.integer({ min: 1, max: 9_999 }))
    .map(
      ([{ epsilon: _one, ...o }, v, mechanism, first]) =>
        category({
          ...o,
          values: v,
          mechanism,
          latch: { epsilonFirst: first / 10_000, epsilonInfinity: 1 + first / 10_000, epoch: 56 },
        } as Parameters<typeof category>[0]) as Declared,
    ),
  fc.tuple(about, numbers, fc.integer({ min: 1, max: 9_999 })).map(
    ([{ epsilon: _one, ...o }, { low, width, mechanism: _fresh, ...n }, first]) =>
      timing({
        ...o,
        ...n,
        range: [low, low + width],
        mechanism: dBitFlip.client,
        latch: { epsilonFirst: first / 10_000, epsilonInfinity: first / 10_000, epoch: 56 },
      }) as Declared,
  ),
);

/** Any registry that is not refused: the budget holds at least the dearest metric of every period. */
export const anyRegistry: fc.Arbitrary<Registry> = fc
  .record({
    metrics: fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/), declared, { minKeys: 1, maxKeys: 12 }),
    // A latched metric has its own share, at most 2 epsilon in any 28 days.
    perWindow: fc.integer({ min: 4 * (28 + 4 + 1) + 12 * 4 * 28, max: 3000 }),
    expectedClients: fc.integer({ min: 1, max: 1e9 }),
  })
  .map(({ metrics, perWindow, expectedClients }) =>
    defineRegistry({
      app: 'org.example.any',
      budget: { perWindow, lifetime: 13 * perWindow },
      participation: 'sampled',
      expectedClients,
      metrics,
    }),
  );

export function tableOf(lengths: readonly number[]): WireTable {
  return {
    fingerprint: '0123456789abcdef',
    wire: lengths.map((reportBytes) => ({
      params: { mechanism: 'any', microEpsilon: 1, reportBytes },
    })),
  };
}

export const nonce = fc.uint8Array({ minLength: 16, maxLength: 16 });
export const day = fc.integer({ min: 0, max: 0xffff });

/** A wire table and reports for it, at most one for each metric and window. */
export const tableAndReports: fc.Arbitrary<{ table: WireTable; reports: readonly WireReport[] }> = fc
  .array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 70 })
  .chain((lengths) =>
    fc.record({
      table: fc.constant(tableOf(lengths)),
      reports: fc
        .uniqueArray(fc.tuple(fc.nat(lengths.length - 1), day), {
          minLength: 1,
          maxLength: 60,
          selector: ([index, window]) => `${index}/${window}`,
        })
        .chain((places) =>
          fc.tuple(
            ...places.map(([index, window]) =>
              fc
                .uint8Array({ minLength: lengths[index] ?? 1, maxLength: lengths[index] ?? 1 })
                .map((bytes) => ({ index, window, bytes })),
            ),
          ),
        ),
    }),
  );
