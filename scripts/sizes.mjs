/** What the SDK adds to an app: bundles two apps as a user's bundler would, and looks at what came in. */
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
  { app: 'one-boolean', limit: 14_000, unused: `${ESTIMATING}|mechanisms/(?!rr\\.js)` },
  { app: 'everything', limit: 18_600, unused: ESTIMATING },
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
  return results.map(({ app, size, limit }) => `${app} ${size} B gzipped of ${limit}`).join(', ');
});

/**
 * @param {string} app a file of scripts/sizes
 */
async function measure(app) {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [join('scripts', 'sizes', `${app}.mjs`)],
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
