/**
 * The file for `<script>`, named by `unpkg`, in a context that has nothing of Node: first bare, where it must be silent,
 * then with what a browser brings and storage of its own.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';

const folder = new URL('node_modules/@dither/sdk/', import.meta.url);
const { unpkg } = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8'));
const script = readFileSync(new URL(unpkg, folder), 'utf8');

const PAGE = `
const { boolean, createClient, defineRegistry, inspect, mechanisms, webPlatform } = Dither;
const registry = defineRegistry({
  app: 'org.example.page',
  expectedClients: 10_000,
  metrics: {
    'dark-mode': boolean({
      description: 'What it is.', purpose: 'What it is for.', owner: 'tests', period: 7, expires: '2099-12-31',
      mechanism: mechanisms.rr,
    }),
  },
});
const texts = new Map();
const storage = {
  isDurable: true,
  read: async (keys) => Object.fromEntries(keys.map((key) => [key, texts.get(key)])),
  write: async (entries) => entries.forEach(([key, text]) => texts.set(key, text)),
  lock: (name, task) => task(),
};
const platform = hasStorage ? webPlatform(registry.app, { storage }) : undefined;
const dither = createClient({ registry, endpoint: 'https://telemetry.example.org', ...(platform && { platform }) });
(async () => {
  await dither.ready;
  await dither.consent.grant();
  dither.record('dark-mode');
  const { consent, open } = await inspect(dither).catch(() => ({}));
  await dither.stop();
  return JSON.stringify({ mechanisms: Object.keys(mechanisms).length, consent, open: open?.map(({ value }) => value) });
})();
`;

/** The line that failed is all of the script: not to be shown with the error. */
const QUIET = { displayErrors: false };

async function load(/** @type {object} */ globals) {
  const context = createContext({ ...globals });
  const before = Object.getOwnPropertyNames(context);
  runInContext(script, context, QUIET);
  const added = Object.getOwnPropertyNames(context).filter((name) => !before.includes(name));
  assert.deepEqual(added, ['Dither']);
  return JSON.parse(await runInContext(PAGE, context, QUIET));
}

async function main() {
  const bare = await load({ hasStorage: false });
  assert.equal(bare.open?.length ?? 0, 0);

  const { crypto, fetch, performance, AbortSignal, setTimeout, clearTimeout } = globalThis;
  const browser = { crypto, fetch, performance, AbortSignal, setTimeout, clearTimeout, hasStorage: true };
  const page = await load(browser);
  assert.deepEqual([page.consent, page.open], ['granted', ['yes']]);
  assert.equal(page.mechanisms, 23);
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
