/**
 * Against what people would otherwise import, in one run: what one event costs beside an OpenTelemetry counter, and what a
 * minimal app of each weighs, bundled, minified and gzipped alike.
 */
import { gzipSync } from 'node:zlib';
import { secureSource } from '@dither/mechanisms';
import { boolean, count, createClient, defineRegistry } from '@dither/sdk';
import { oneBitMean, rr } from '@dither/sdk/mechanisms';
import { fakeTime, memoryPlatform } from '@dither/sdk/testing';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { build } from 'esbuild';

const EVENTS = 1_000_000;

/** Nanoseconds each, the best of five. */
function each(work: (i: number) => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5; round++) {
    const began = performance.now();
    for (let i = 0; i < EVENTS; i++) work(i);
    best = Math.min(best, ((performance.now() - began) * 1e6) / EVENTS);
  }
  return best;
}

const about = { description: 'd', purpose: 'p', owner: 'o', period: 7, expires: '2099-12-31' } as const;
const registry = defineRegistry({
  app: 'bench',
  expectedClients: 1000,
  metrics: {
    used: boolean({ ...about, mechanism: rr }),
    saves: count({ ...about, clamp: 1_000_000, mechanism: oneBitMean }),
  },
});
const { clock, schedule } = fakeTime(Date.UTC(2026, 0, 5, 9));
const platform = memoryPlatform({
  source: secureSource(globalThis.crypto),
  clock,
  schedule,
  send: () => Promise.reject(new Error('offline')),
});
const client = createClient({ registry, endpoint: 'memory://bench', platform });
await client.ready;
await client.consent.grant();

const counter = new MeterProvider().getMeter('bench').createCounter('saves');
const theirs = each(() => counter.add(1));
const rows = [
  ['an OpenTelemetry counter', theirs],
  ['record of a boolean', each(() => client.record('used'))],
  ['record of a count', each(() => client.record('saves'))],
] as const;
for (const [what, nanoseconds] of rows) {
  console.log(
    `${what.padEnd(26)} ${nanoseconds.toFixed(0).padStart(5)} ns  ${(nanoseconds / theirs).toFixed(2)} of the first`,
  );
}

/** Minimal apps: one metric declared, one event recorded. */
const APPS = {
  'OpenTelemetry metrics': `
    import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
    const exporter = { export: () => {}, forceFlush: async () => {}, shutdown: async () => {} };
    const provider = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter })] });
    provider.getMeter('app').createCounter('used').add(1);`,
  'Glean, one metric type': `
    import Glean from '@mozilla/glean/web';
    import BooleanMetricType from '@mozilla/glean/private/metrics/boolean';
    Glean.initialize('app', true, {});
    new BooleanMetricType({ category: 'ui', name: 'used', sendInPings: ['events'], lifetime: 'ping', disabled: false }).set(true);`,
};
for (const [app, contents] of Object.entries(APPS)) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    write: false,
    logLevel: 'error',
  });
  const size = gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length;
  console.log(`${app}: ${size} B gzipped${app.startsWith('Open') ? ', without a transport' : ''}`);
}
console.log('ours: node scripts/sizes.mjs --table');
await client.stop();
