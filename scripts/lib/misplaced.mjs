import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from './measure.mjs';
import { root } from './workspace.mjs';

/** Never needed on a device: the side that estimates, and what reports are decoded with. */
const ESTIMATING = [
  /mechanisms\/dist\/(estimate\/|catalogue\.js|state\.js|advise)/,
  /\baccumulate(All)?\b/,
  /\b(likelihood|effectiveEpsilon)\b/,
];

/** Done where the registry was resolved: validation, exact arithmetic, fingerprints. */
const RESOLVING = [
  /mechanisms\/dist\/exact\/(?!micro)/,
  /protocol\/dist\/registry\/(?!encode|participation)/,
  /\bfunction \w*[pP]arams\d*\(/,
  /\bdefineRegistry\b/,
];

/** Of features that one boolean metric does not use. */
const UNUSED = [
  /sdk\/dist\/latching\.js/,
  /protocol\/dist\/(wire\/public-draw|registry\/participation)\.js/,
  /mechanisms\/dist\/(hash|field)\//,
  /mechanisms\/dist\/mechanisms\/(?!rr\.js|_symbols\.js)/,
  /\bsha256\b/,
];

/**
 * What the apps carry that has no business in them.
 *
 * @param {{ 'one-boolean': string, everything: string, declared: string }} apps
 */
export async function carried(apps) {
  return [
    ...(await strangers('one-boolean', apps['one-boolean'], [...ESTIMATING, ...RESOLVING, ...UNUSED])),
    ...(await strangers('everything', apps.everything, [...ESTIMATING, ...RESOLVING])),
    ...(await strangers('declared', apps.declared, ESTIMATING)),
  ];
}

/** What the device's part of each mechanism carries of another one, or of the parts that are not the device's. */
export async function aloneFailures() {
  const folder = join(root, 'packages', 'mechanisms', 'src', 'mechanisms');
  const ids = readdirSync(folder)
    .filter((name) => !name.startsWith('_'))
    .map((name) => name.replace(/\.ts$/, ''));
  const lists = ids.map((id) => {
    const others = new RegExp(`mechanisms/dist/mechanisms/(?!_|${id}\\.js)`);
    const contents = `export { randomizer } from '@dither/mechanisms/${id}';`;
    return strangers(`the randomizer of ${id}`, contents, [...ESTIMATING, ...RESOLVING, others]);
  });
  return (await Promise.all(lists)).flat();
}

/**
 * @param {string} title
 * @param {string} contents
 * @param {readonly RegExp[]} unwanted paths of files, or code of which no line may be left
 */
async function strangers(title, contents, unwanted) {
  const { text, inputs } = await bundle(contents, { minify: false });
  const lines = [...inputs, ...text.split('\n')];
  return unwanted.flatMap((pattern) => {
    const line = lines.find((candidate) => pattern.test(candidate));
    return line === undefined ? [] : [`${title} carries ${line.trim()}`];
  });
}
