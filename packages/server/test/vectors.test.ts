import { readFileSync } from 'node:fs';
import { catalogue } from '@dither/mechanisms/catalogue';
import { fromHex, problems, type Registry, registryFromJson } from '@dither/protocol';
import { memoryStorage } from '@dither/server';
import { describe, expect, it } from 'vitest';
import { testApp } from './fixture.js';

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../protocol/vectors/${name}`, import.meta.url), 'utf8'));
const bytesOf = (hex: string) => fromHex(hex) as Uint8Array;

/** A server of one registry on the day of the vectors, and a look at whether anything was counted. */
async function serverOf(registry: Registry, day: number) {
  const { post, storage, clock } = await testApp({ registries: [registry], storage: memoryStorage() });
  clock.set(day);
  const total = async () => {
    const windows = await Promise.all(registry.wire.map(({ fingerprint }) => storage.windows(fingerprint)));
    return windows.flat().reduce((sum, { n }) => sum + n, 0);
  };
  const text = (body: string) => post(Buffer.from(body), { 'content-type': 'application/json' });
  return { post, text, total, storage };
}

describe('a batch of the vectors', () => {
  const { registries, batches } = read('batches.json');
  for (const { name, registry, day, hex, json, reports } of batches) {
    it(`(${name}) is counted once, in whichever form it comes`, async () => {
      const served = registryFromJson(registries[registry], catalogue);
      for (const [first, second] of [
        [bytesOf(hex), json],
        [json, bytesOf(hex)],
      ]) {
        const { post } = await serverOf(served, day);
        const { accepted, rejected } = (await post(first)).json();
        const refused = Object.values(rejected as { [reason: string]: number }).reduce((sum, n) => sum + n, 0);
        expect(accepted + refused).toBe(reports.length);
        expect((await post(second)).json()).toMatchObject({ duplicate: true });
      }
    });
  }
});

describe('a bad batch of the vectors', () => {
  const { registry, bytes, json, texts } = read('batches.bad.json');
  const served = registryFromJson(registry, catalogue);
  type Bad = { why: string; code: keyof typeof problems; hex: string; json: object; text: string };
  const bodies: readonly (Bad & { readonly form: string })[] = [
    ...bytes.map((bad: Bad) => ({ ...bad, form: 'bytes' })),
    ...json.map((bad: Bad) => ({ ...bad, form: 'JSON', text: JSON.stringify(bad.json) })),
    ...texts.map((bad: Bad) => ({ ...bad, form: 'text' })),
  ];
  it.each(bodies)('($form: $why) is refused, and leaves nothing behind', async ({ code, hex, text: body }) => {
    const { post, text, total, storage } = await serverOf(served, 20_778);
    const answer = hex === undefined ? await text(body) : await post(bytesOf(hex));
    expect(answer.json()).toMatchObject({ code, retry: problems[code].retry });
    expect(answer.statusCode).toBe(problems[code].status);
    expect(await total()).toBe(0);
    expect(storage.usage()).toMatchObject({ nonces: 0, logBatches: 0 });
  });
});

describe('a batch of the vectors with its answer', () => {
  const { registry, day, batches } = read('answers.json');
  const served = registryFromJson(registry, catalogue);
  for (const { why, hex, json, answer } of batches) {
    it(`(${why}) is answered so, in both forms`, async () => {
      for (const body of [bytesOf(hex), json]) {
        const { post, total } = await serverOf(served, day);
        expect((await post(body)).json()).toMatchObject(answer);
        expect(await total()).toBe(answer.accepted ?? 0);
      }
    });
  }
});
