/**
 * An app of the packed packages, to be run as it is, as CommonJS and bundled: with the declared registry and with the one
 * that `dither-registry resolve` made of it, it records for a week, closes it, sends, and looks at what left.
 */
import assert from 'node:assert/strict';
import { createClient } from '@dither/sdk';
import { deniability } from '@dither/sdk/deniability';
import { inspect, toJson } from '@dither/sdk/inspect';
import { fakeTime, testPlatform } from '@dither/sdk/testing';
import { registry } from './registry.mjs';
import { registry as resolved } from './registry.resolved.mjs';

const DAY = 86_400_000;

async function live(/** @type {typeof registry | typeof resolved} */ declared) {
  /** @type {Uint8Array[]} */
  const sent = [];
  const texts = new Map();
  const start = async (/** @type {number} */ at) => {
    const time = fakeTime(at);
    const send = async (/** @type {string} */ _url, /** @type {Uint8Array} */ body) => {
      sent.push(body);
      return { status: 503, contentType: '', body: '' };
    };
    const platform = testPlatform({ seed: 'packed', time, send, texts });
    const client = createClient({ registry: declared, endpoint: 'memory://server', platform });
    await client.ready;
    return { client, time };
  };

  const first = await start(Date.UTC(2026, 0, 1, 9));
  await first.client.consent.grant();
  first.client.record('dark-mode');
  first.client.record('os', 'linux');
  first.client.record('saves', 3);
  first.client.time('start')();
  const { open } = await inspect(first.client);
  assert.deepEqual(open.map(({ metric, value }) => [metric, value]).slice(0, 2), [
    ['dark-mode', 'yes'],
    ['os', 'linux'],
  ]);
  await first.client.stop();

  const second = await start(Date.UTC(2026, 0, 8, 9));
  await second.time.advance(DAY / 4);
  // Tried again and again, with the same bytes.
  assert.ok(sent.length > 0 && sent.every((bytes) => Buffer.from(bytes).equals(sent[0] ?? bytes)));
  const seen = await inspect(second.client);
  const [message] = seen.messages;
  assert.ok(message !== undefined && message.reports.length === 4 && toJson(seen).includes('"spent"'));
  for (const report of message.reports) {
    const { factor, worst } = (await deniability(second.client, message, report)) ?? { factor: Number.NaN, worst: 0 };
    assert.ok(factor >= 1 && factor <= worst * (1 + 1e-9) && worst <= Math.exp(0.5));
  }
  await second.client.stop();
  return sent[0];
}

async function main() {
  // The same registry in two forms: from one seed come the same bytes.
  assert.deepEqual(await live(registry), await live(resolved));
  // Without durable storage, as while a server renders: silent, and nothing keeps the process alive.
  const silent = createClient({ registry: resolved, endpoint: 'https://telemetry.example.org' });
  silent.record('dark-mode');
  await silent.ready;
  assert.equal(silent.consent.status, 'unknown');
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
