/**
 * What the SDK adds to an app: bundles apps and subpaths as a user's bundler would, and looks at what came in.
 *
 *     node scripts/sizes.mjs               fails over a limit, over code that has no business there, or over a stale table
 *     node scripts/sizes.mjs --write       writes the table where a document has `<!-- sizes -->` and `<!-- /sizes -->`
 *     node scripts/sizes.mjs --table       prints it
 *     node scripts/sizes.mjs --out DIR     writes the bundle of one boolean metric, and its registry as a server reads it
 */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { compareBlocks, writeBlocks } from './lib/blocks.mjs';
import { measure, measureScript, writeBundle } from './lib/measure.mjs';
import { aloneFailures, carried } from './lib/misplaced.mjs';
import { mustRun } from './lib/run.mjs';
import { refuseAny, step } from './lib/step.mjs';
import { inTemporaryFolder } from './lib/temporary.mjs';
import { root } from './lib/workspace.mjs';

/**
 * Bytes, minified and gzipped: limits are what was measured plus 3%, to be lowered with it. A goal is not yet a limit.
 *
 * @typedef {{ limit: number, goal?: number, what: string }} Wanted
 * @type {{ readonly [subject: string]: Wanted }}
 */
const SUBJECTS = {
  'one-boolean': { limit: 7660, goal: 5000, what: 'An app with one boolean metric, `dither-registry resolve` run' },
  everything: { limit: 14_220, goal: 10_000, what: 'The same with all kinds of metrics and all mechanisms' },
  declared: { limit: 13_440, what: 'One boolean metric without that step: `defineRegistry` in the app' },
  script: { limit: 25_930, what: 'The file for `<script>`: all kinds and mechanisms, `defineRegistry`, `inspect`' },
  inspect: { limit: 4550, what: '`inspect` alone' },
  deniability: { limit: 39_910, what: '`deniability` alone' },
  node: { limit: 2510, what: '`node` alone' },
  'async-storage': { limit: 360, what: '`async-storage` alone' },
  react: { limit: 480, what: '`react` alone, without React' },
  'collectors/page': { limit: 740, what: '`collectors/page` alone, without `web-vitals`' },
  'collectors/long-tasks': { limit: 380, what: '`collectors/long-tasks` alone' },
  'collectors/crashes': { limit: 1710, what: '`collectors/crashes` alone' },
  'collectors/memory': { limit: 620, what: '`collectors/memory` alone' },
  'collectors/system': { limit: 1580, what: '`collectors/system` alone' },
  'collectors/features': { limit: 380, what: '`collectors/features` alone' },
};

const { values } = parseArgs({
  options: {
    out: { type: 'string' },
    table: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});

await step(async () => {
  // In the workspace, so that what the apps import is found.
  const cache = join(root, 'node_modules', '.cache');
  await mkdir(cache, { recursive: true });
  return inTemporaryFolder(async (folder) => {
    const apps = await resolvedApps(folder);
    if (values.out !== undefined) return write(resolve(values.out), apps['one-boolean']);
    /** @type {Map<string, number>} */
    const sizes = new Map();
    for (const subject of Object.keys(SUBJECTS)) sizes.set(subject, await sizeOf(subject, apps));
    const table = tableOf(sizes);
    if (values.table) return table;
    if (values.write) return writeBlocks('sizes', table);
    refuseAny([...overLimit(sizes), ...(await carried(apps)), ...(await aloneFailures())]);
    const shown = compareBlocks('sizes', table, 'node scripts/sizes.mjs --write');
    return `${summary(sizes)}; ${shown}`;
  }, cache);
});

/** @typedef {{ 'one-boolean': string, everything: string, declared: string }} Apps sources of an app's one module */

/**
 * @param {string} folder where their registries are resolved by the command that a user runs
 * @returns {Promise<Apps>}
 */
async function resolvedApps(folder) {
  const command = join(root, 'packages', 'protocol', 'bin', 'dither-registry.js');
  const declared = (/** @type {string} */ app) => join(root, 'scripts', 'sizes', `${app}.registry.mjs`);
  const app = async (/** @type {string} */ name) => {
    const out = join(folder, `${name}.registry.mjs`);
    await mustRun('node', [command, 'resolve', declared(name), '--out', out]);
    return appOf(out);
  };
  return {
    'one-boolean': await app('one-boolean'),
    // All of what its metrics leave out, too: what an app grows into.
    everything: `${await app('everything')}export * from '@dither/sdk/randomizers';\nexport * from '@dither/sdk/resolved';\n`,
    declared: appOf(declared('one-boolean')),
  };
}

/** An app on the platform it finds. @param {string} registry path of a module */
function appOf(registry) {
  return `
import { createClient } from '@dither/sdk';
import { registry } from ${JSON.stringify(registry)};
export const start = (options) => createClient({ registry, ...options });
`;
}

/**
 * @param {string} subject
 * @param {Apps} apps
 */
function sizeOf(subject, apps) {
  if (subject === 'script') return measureScript();
  return measure(
    Object.entries(apps).find(([app]) => app === subject)?.[1] ?? `export * from '@dither/sdk/${subject}';`,
  );
}

/** @param {ReadonlyMap<string, number>} sizes */
function overLimit(sizes) {
  return [...sizes].flatMap(([subject, size]) => {
    const { limit = 0 } = SUBJECTS[subject] ?? {};
    return size > limit ? [`${subject}: ${size} B gzipped, over ${limit} B`] : [];
  });
}

/** @param {ReadonlyMap<string, number>} sizes */
function summary(sizes) {
  const parts = [...sizes].map(([subject, size]) => {
    const { goal } = SUBJECTS[subject] ?? {};
    return `${subject} ${size}${goal !== undefined && size > goal ? ` (goal ${goal})` : ''}`;
  });
  return `B gzipped: ${parts.join(', ')}`;
}

/** Rounded up, so that it changes when something has. @param {ReadonlyMap<string, number>} sizes */
function tableOf(sizes) {
  const rows = [...sizes].map(([subject, size]) => {
    return `| ${SUBJECTS[subject]?.what} | ${(Math.ceil(size / 100) / 10).toFixed(1)} kB |`;
  });
  return ['| what a bundle holds | minified and gzipped |', '| --- | ---: |', ...rows].join('\n');
}

/**
 * @param {string} directory
 * @param {string} app
 */
async function write(directory, app) {
  await mkdir(directory, { recursive: true });
  const size = await writeBundle(app, join(directory, 'one-boolean.js'));
  const command = join(root, 'packages', 'protocol', 'bin', 'dither-registry.js');
  const declared = join(root, 'scripts', 'sizes', 'one-boolean.registry.mjs');
  await mustRun('node', [command, 'export', declared, '--out', join(directory, 'one-boolean.registry.json')]);
  return `one-boolean.js, ${size} B gzipped, and its registry in ${directory}`;
}
