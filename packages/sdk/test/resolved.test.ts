import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { sourceFrom } from '@dither/mechanisms';
import { catalogue } from '@dither/mechanisms/catalogue';
import type { Registry } from '@dither/protocol';
import { type DeviceRegistry, deviceRegistry } from '@dither/sdk';
import { inspect, toJson } from '@dither/sdk/inspect';
import { seededSource } from '@dither/sdk/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registry as browser } from '../../protocol/test/fixtures/browser.registry.js';
import { registry as mechanisms } from '../../protocol/test/fixtures/mechanisms.registry.js';
import { recordAll } from './support/events.js';
import { registry as everyKind } from './support/every-kind.registry.js';
import { agreed, DAY, HOUR, MINUTE, MORNING, recordUntyped } from './support/installation.js';
import { keysOf, reportsIn } from './support/receiver.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const cli = join(here, '../../protocol/bin/dither-registry.js');
const fixtures = join(here, '../../protocol/test/fixtures');

/** What is declared, where, and on how many days it is lived with. */
const cases = [
  { name: 'every kind', file: join(here, 'support/every-kind.registry.ts'), declared: everyKind, days: 30 },
  {
    name: 'latched metrics and public draws',
    file: join(fixtures, 'mechanisms.registry.ts'),
    declared: deviceRegistry(mechanisms as unknown as Registry),
    days: 88,
  },
  {
    name: 'a sample',
    file: join(fixtures, 'browser.registry.ts'),
    declared: deviceRegistry(browser as unknown as Registry),
    days: 88,
  },
] as const;

/** Within the package, where the modules find what they import. */
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(here, '.tmp-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the command that a developer runs. */
function resolve(file: string, name: string): string {
  const out = join(folder, `${name.replaceAll(' ', '-')}.resolved.ts`);
  execFileSync(process.execPath, [cli, 'resolve', file, '--out', out]);
  return out;
}

async function load(file: string): Promise<DeviceRegistry> {
  return ((await import(pathToFileURL(file).href)) as { readonly registry: DeviceRegistry }).registry;
}

/** All that an installation sent, stored and told, in a life that is the same each time but for the registry. */
async function live(registry: DeviceRegistry, days: number) {
  const words = seededSource('resolved');
  // One word at a time: the two parts of a mechanism take the same words, but may set different numbers of them aside.
  const installation = await agreed(registry, MORNING, { seed: sourceFrom(() => words.next(), 1) });
  const told: string[] = [];
  for (let day = 0; day < days; day++) {
    const { client, time } = await installation.start(MORNING + day * DAY + (day % 7) * HOUR);
    recordAll(client, registry, day);
    recordAll(client, registry, day + 1);
    recordUntyped(client, registry.wire[0]?.id ?? '', {});
    await time.advance(day % 14 === 3 ? 6 * HOUR : 2 * MINUTE);
    if (day % 10 === 9) told.push(toJson(await inspect(client)));
    if (day % 3 === 0) await client.stop();
    expect(client.consent.isCurrent).toBe(true);
    expect(client.consent.bound).toEqual(registry.bound);
  }
  const { messages, texts } = installation;
  return { messages, texts, told, bound: registry.bound };
}

describe('a registry that dither-registry resolve made', () => {
  const reported = new Set<string>();

  it.each(cases)('sends, keeps and tells byte by byte what its declaration does: $name', async (one) => {
    const { declared, file, days, name } = one;
    const own = await live(declared, days);
    const resolved = await load(resolve(file, name));
    expect(resolved).not.toHaveProperty('metrics.0.description');
    const other = await live(resolved, days);
    expect(other.messages.map(({ batch }) => batch)).toEqual(own.messages.map(({ batch }) => batch));
    expect(other).toEqual(own);
    const reports = reportsIn(own.messages, declared);
    expect(new Set(keysOf(reports).map((key) => key.split('@')[1])).size).toBeGreaterThan(2);
    for (const { declared: metric } of reports) reported.add(metric.params.mechanism);
  });

  it('was held to that by reports of every mechanism there is', () => {
    expect([...reported].sort()).toEqual([...catalogue.keys()].sort());
  });

  describe('would be seen to send or keep something else', () => {
    const DAYS = 20;
    const [{ declared, file }] = cases;
    let own: Awaited<ReturnType<typeof live>>;
    let text = '';
    beforeAll(async () => {
      own = await live(declared, DAYS);
      text = readFileSync(resolve(file, 'right'), 'utf8');
    });

    it.each([
      ['a threshold', /(mechanism: 'rr',[^}]*high: )(\d)/, '$17'],
      ['the order of two values', "encodeCategory(['light', 'dark'", "encodeCategory(['dark', 'light'"],
      ['an aggregate', 'combine: sum', 'combine: first'],
      ['a charge of an epoch', /(microEpoch: \[\s*)(\d+)/, '$11$2'],
    ] as const)('if %s had come out wrong', async (name, right, wrong) => {
      const broken = join(folder, `${name.replaceAll(' ', '-')}.broken.ts`);
      writeFileSync(broken, text.replace(right, wrong));
      expect(readFileSync(broken, 'utf8')).not.toBe(text);
      expect(await live(await load(broken), DAYS)).not.toEqual(own);
    });
  });
});
