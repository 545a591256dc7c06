/** What the SDK adds to an app: bundles two apps as a user's bundler would, and looks at what came in. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { refuseAny, step } from './lib/step.mjs';
import { root } from './lib/workspace.mjs';

/** Never needed on a device: the side that estimates. */
const ESTIMATING = 'estimate/|catalogue\\.js|state\\.js';

/**
 * Limits in bytes are what was measured plus 5%, without a platform: an app brings its own until there is one for
 * browsers. The goals, with that inside, are 5,000 and 10,000.
 */
const apps = [
  { app: 'one-boolean', limit: 14_900, unused: `${ESTIMATING}|mechanisms/(?!rr\\.js|_symbols\\.js)` },
  { app: 'everything', limit: 26_800, unused: ESTIMATING },
];

await step(async () => {
  const results = await Promise.all(apps.map(async (wanted) => ({ ...wanted, ...(await measure(wanted.app)) })));
  refuseAny(
    results.flatMap(({ app, size, limit, unused, inputs }) => {
      const misplaced = inputs.filter((input) => new RegExp(`^packages/mechanisms/dist/(${unused})`).test(input));
      const carries = misplaced.map((input) => `${app} carries ${input}, which it does not use`);
      return size > limit ? [`${app}: ${size} B gzipped, over ${limit} B`, ...carries] : carries;
    }),
  );
  const alone = await Promise.all(ids().map(async (id) => ({ id, ...(await bundle(clientOf(id))) })));
  refuseAny(
    alone.flatMap(({ id, inputs }) => {
      const others = new RegExp(`^packages/mechanisms/dist/(${ESTIMATING}|mechanisms/(?!_|${id}\\.js))`);
      return inputs.filter((input) => others.test(input)).map((input) => `the client of ${id} carries ${input}`);
    }),
  );
  const sizes = alone.map(({ id, size }) => `${id} ${size}`).join(', ');
  return `${results.map(({ app, size, limit }) => `${app} ${size} B gzipped of ${limit}`).join(', ')}; clients alone: ${sizes}`;
});

/** Every mechanism, by the subpaths of its package. */
function ids() {
  const folder = join(root, 'packages', 'mechanisms', 'src', 'mechanisms');
  return readdirSync(folder)
    .filter((name) => !name.startsWith('_'))
    .map((name) => name.replace(/\.ts$/, ''));
}

/** An app of nothing but the device's part of a mechanism. @param {string} id */
function clientOf(id) {
  return {
    stdin: {
      contents: `export { client } from '@dither/mechanisms/${id}';`,
      resolveDir: join(root, 'packages', 'sdk'),
    },
  };
}

/** @param {string} app a file of scripts/sizes */
function measure(app) {
  return bundle({ entryPoints: [join('scripts', 'sizes', `${app}.mjs`)] });
}

/** @param {Pick<import('esbuild').BuildOptions, 'entryPoints' | 'stdin'>} entry */
async function bundle(entry) {
  const { outputFiles, metafile } = await build({
    ...entry,
    absWorkingDir: root,
    bundle: true,
    minify: true,
    format: 'esm',
    // Neither a browser nor Node: nothing of either may be needed.
    platform: 'neutral',
    write: false,
    metafile: true,
  });
  const [output] = Object.values(metafile.outputs);
  const used = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  const size = outputFiles.reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0);
  return { size, inputs: used.map(([input]) => input) };
}
