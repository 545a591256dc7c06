import { type Params, uniformInt, type WordSource } from '@dither/mechanisms';
import { catalogue } from '@dither/mechanisms/catalogue';
import { encodeBatch, labels, publicDraw } from '@dither/protocol';
import { type DeviceRegistry, defineRegistry, text } from '@dither/sdk';
import { type Deniability, deniability } from '@dither/sdk/deniability';
import { type InspectedMessage, type InspectedReport, inspect } from '@dither/sdk/inspect';
import { oneTimeRappor } from '@dither/sdk/mechanisms';
import { seededSource } from '@dither/sdk/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { recordAll } from './support/events.js';
import { agreed, DAY, HOUR, install, MORNING, type Run } from './support/installation.js';
import { about } from './support/registry.js';
import { candidates, mechanismOf, smallDomains, valuesOf } from './support/small-domains.js';

type AnyClient = Pick<Run<Record<string, never>>['client'], 'snapshot'>;

/** A report, with the message it came in. */
interface Sent {
  readonly message: InspectedMessage;
  readonly report: InspectedReport;
}

const DAYS = 12;

let client: AnyClient;
/** Of an installation that was never asked. */
let bare: AnyClient;
let sent: readonly Sent[] = [];
beforeAll(async () => {
  const installation = await agreed(smallDomains, MORNING, { seed: 'deniability' });
  for (let day = 1; day <= DAYS; day++) {
    const run = await installation.start(MORNING + day * DAY);
    recordAll(run.client, smallDomains, day);
    await run.time.advance(day === DAYS ? 7 * HOUR : 70_000);
    ({ client } = run);
  }
  bare = (await install(smallDomains, { seed: 'bare' }).start(MORNING)).client;
  const { messages } = await inspect(client);
  sent = messages.flatMap((message) => message.reports.map((report) => ({ message, report })));
});

async function deniabilityOf({ message, report }: Sent, by = client): Promise<Deniability> {
  return (await deniability(by, message, report, candidates)) as Deniability;
}

/** P[report | value] of each value, as doubles, by the channel itself. */
function likelihoods(params: Params, decoded: unknown): readonly number[] {
  const ratios = valuesOf(params).map((value) => mechanismOf(params).channel.likelihood(params, value, decoded));
  return ratios.map(({ numerator, denominator }) => Number((numerator << 80n) / denominator) / 2 ** 80);
}

type AnyMetric = DeviceRegistry['wire'][number];
const wire: readonly AnyMetric[] = smallDomains.wire;

const NONCES = seededSource('nonces');

/** A message that says just this, made under a given public draw. */
function saying(metric: AnyMetric, bytes: Uint8Array, wanted?: number): Sent {
  const { draws } = metric.params;
  const day = MORNING / DAY;
  for (;;) {
    const nonce = Uint8Array.from({ length: 16 }, () => NONCES.next() & 255);
    if (draws && publicDraw(metric.fingerprint, 20_440, { day, nonce }, draws) !== wanted) continue;
    const report = { index: wire.indexOf(metric), window: 20_440, bytes };
    const body = encodeBatch(smallDomains, { day, nonce, reports: [report] });
    return {
      message: { id: '', day, state: 'waiting', tries: 0, bytes: body, reports: [] },
      report: { metric: metric.id, window: 20_440, bytes, epsilon: 1 },
    };
  }
}

describe.each([...catalogue.keys()])('the deniability of a report of %s', (id) => {
  const metrics = wire.filter(({ params }) => params.mechanism === id);

  it('is within e^epsilon, is the largest ratio there is, and shares out all of the chance', async () => {
    const own = sent.filter(({ report }) => metrics.some((metric) => metric.id === report.metric));
    expect(own).toHaveLength(DAYS * metrics.length);
    for (const one of own) {
      const metric = metrics.find((other) => other.id === one.report.metric) as (typeof metrics)[number];
      const { params } = metric;
      const nonce = one.message.bytes.slice(3, 19);
      const { day } = one.message;
      const draw = params.draws && publicDraw(metric.fingerprint, one.report.window, { day, nonce }, params.draws);
      const masses = likelihoods(params, mechanismOf(params).aggregator.decode(params, one.report.bytes, draw));
      const total = masses.reduce((sum, mass) => sum + mass, 0);
      const { factor, worst, answers } = await deniabilityOf(one);
      expect(factor).toBeLessThanOrEqual(Math.exp(one.report.epsilon) * (1 + 1e-9));
      expect(factor).toBeLessThanOrEqual(worst * (1 + 1e-12));
      expect(factor / (Math.max(...masses) / Math.min(...masses))).toBeCloseTo(1, 10);
      expect(answers.reduce((sum, { chance }) => sum + chance, 0)).toBeCloseTo(1, 12);
      const names = metric.kind === 'text' ? ['none', ...candidates] : labels(metric);
      expect(answers.map(({ answer }) => answer).sort()).toEqual([...names].sort());
      for (const [i, { answer, chance }] of answers.entries()) {
        expect(chance / ((masses[names.indexOf(answer)] as number) / total)).toBeCloseTo(1, 10);
        expect(chance).toBeLessThanOrEqual(answers[i - 1]?.chance ?? 1);
      }
    }
  });

  it('is at worst what some report says, and what none exceeds', async () => {
    for (const metric of metrics) {
      const { params } = metric;
      const { aggregator, channel, client: device } = mechanismOf(params);
      const seen = new Set<string>();
      let most = 0;
      let stated = 0;
      for (const report of channel.reports(params)) {
        const bytes = device.encode(params, report).slice();
        // Under which draw it was made follows from what it reads as.
        const draws = Array.from({ length: params.draws ?? 1 }, (_, draw) => draw);
        for (const draw of draws) {
          const key = `${bytes} ${draw}`;
          const isOf = String(likelihoods(params, aggregator.decode(params, bytes, draw)));
          if (isOf !== String(likelihoods(params, report)) || seen.has(key)) continue;
          seen.add(key);
          const { factor, worst } = await deniabilityOf(saying(metric, bytes, draw), bare);
          most = Math.max(most, factor);
          stated = worst;
        }
      }
      expect(most / stated).toBeCloseTo(1, 12);
      expect(stated).toBeLessThanOrEqual(Math.exp(params.microEpsilon / 1e6));
    }
  });
});

/**
 * A report of this value as a device makes it.
 * @param draw - the public draw that it is made under
 */
function reportOf({ randomizer, params }: AnyMetric, value: number, draw: number, coins: WordSource): Uint8Array {
  const report =
    'latch' in randomizer
      ? randomizer.report(params, randomizer.latch(params, value, uniformInt(coins, 64), coins), coins)
      : randomizer.randomize(params, value, coins, draw);
  return randomizer.encode(params, report).slice();
}

/**
 * Guesses the value of `count` installations from a report of each, as someone would who takes all values for equally
 * likely, which they are.
 * @param shift - added to the draw that a report is made under, and not to that which it is read under
 * @returns by how many standard errors the guesses were right more often than they should have been
 */
async function guess(metric: AnyMetric, count: number, shift = 0): Promise<number> {
  const coins = seededSource(`guesses of ${metric.id}`);
  const names = labels(metric);
  const { draws = 1 } = metric.params;
  let [right, expected, variance] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    const value = uniformInt(coins, metric.domainSize);
    const draw = uniformInt(coins, draws);
    const bytes = reportOf(metric, value, (draw + shift) % draws, coins);
    const { answer = '', chance = 0 } = (await deniabilityOf(saying(metric, bytes, draw), bare)).answers[0] ?? {};
    right += answer === names[value] ? 1 : 0;
    expected += chance;
    variance += chance * (1 - chance);
  }
  return (right - expected) / Math.sqrt(variance);
}

/** Of the standard normal law, beyond which 1e-8 lies: the false-alarm rate of all metrics together is below 1e-6. */
const QUANTILE = 5.73;

describe('the chance of an answer', () => {
  const closed = wire.filter(({ kind }) => kind !== 'text');

  it.each(closed.map((metric) => [metric.id, metric] as const))(
    'is how often it is the true one: %s',
    async (_id, metric) => {
      expect(Math.abs(await guess(metric, 400))).toBeLessThan(QUANTILE);
    },
  );

  it('would be seen not to be, if a report were read under another draw than its own', async () => {
    const metric = closed.find(({ id }) => id === 'local-hashing-9') as (typeof closed)[number];
    expect(Math.abs(await guess(metric, 2000, 1))).toBeGreaterThan(QUANTILE);
  });
});

describe('the deniability of a text', () => {
  const own = () => sent.find(({ report }) => report.metric === 'one-time-rappor-4') as Sent;

  it('compares none with nothing where there is no candidate', async () => {
    const { message, report } = own();
    const alone = (await deniability(client, message, report)) as Deniability;
    expect(alone).toMatchObject({ factor: 1, answers: [{ answer: 'none', chance: 1 }] });
    expect(alone.worst).toBe((await deniabilityOf(own())).worst);
  });

  it('counts each candidate once, however often it is named', async () => {
    const { message, report } = own();
    const once = await deniability(client, message, report, ['a', 'b']);
    expect(await deniability(client, message, report, ['a', 'b', 'a', 'b'])).toEqual(once);
    expect(once?.answers).toHaveLength(3);
  });
});

describe('the deniability of what this version did not make', () => {
  it('is not known', async () => {
    const other = defineRegistry({
      app: 'org.example.small-domains',
      expectedClients: 1,
      budget: { perWindow: 100, lifetime: 1000 },
      metrics: { 'one-time-rappor-4': text({ ...about, mechanism: oneTimeRappor }) },
    });
    const installation = await agreed(other, MORNING, { seed: 'other' });
    const run = await installation.start(MORNING);
    const [one] = sent;
    if (!one) return expect.unreachable();
    expect(await deniability(run.client, one.message, one.report)).toBeUndefined();
    expect(await deniability(client, one.message, { ...one.report, metric: 'unheard-of' })).toBeUndefined();
  });
});
