/**
 * Proves that the fences of biome.fences.json bite: lints a made-up tree that breaks each of them, beside lines that
 * must stay allowed, and compares what Biome reports, line by line, with what it must report.
 */
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { run } from './lib/run.mjs';
import { refuseAny, step } from './lib/step.mjs';
import { inTemporaryFolder } from './lib/temporary.mjs';
import { root } from './lib/workspace.mjs';

const imports = 'noRestrictedImports';
const properties = 'noJsRestrictedProperties';
const globals = 'noRestrictedGlobals';

/** @type {readonly (readonly [file: string, imported: string, rule?: string])[]} */
const importCases = [
  ['mechanisms/src/a.ts', 'seedrandom', imports],
  ['mechanisms/src/a.ts', 'node:fs', imports],
  ['mechanisms/src/a.ts', '@dither/protocol', imports],
  ['mechanisms/src/a.ts', './b.js'],
  ['mechanisms/src/estimate/a.ts', '../b.js'],
  ['mechanisms/src/mechanisms/a.ts', './oue.js', imports],
  ['mechanisms/src/mechanisms/a.ts', '../mechanisms/oue.js', imports],
  ['mechanisms/src/mechanisms/a.ts', '../catalogue.js', imports],
  ['mechanisms/src/mechanisms/a.ts', 'seedrandom', imports],
  ['mechanisms/src/mechanisms/a.ts', './_unary.js'],
  ['mechanisms/src/mechanisms/a.ts', '../random/bernoulli.js'],
  ['protocol/src/a.ts', '@dither/sdk', imports],
  ['protocol/src/a.ts', '@dither/server', imports],
  ['protocol/src/a.ts', '@dither/sim', imports],
  ['protocol/src/a.ts', 'node:fs', imports],
  ['protocol/src/a.ts', 'zod', imports],
  ['protocol/src/a.ts', '@dither/mechanisms'],
  ['protocol/src/a.ts', '@dither/mechanisms/catalogue'],
  ['protocol/src/cli/a.ts', '@dither/sim', imports],
  ['protocol/src/cli/a.ts', 'zod', imports],
  ['protocol/src/cli/a.ts', 'node:fs/promises'],
  ['protocol/src/node/a.ts', 'esbuild'],
  ['sdk/src/a.ts', '@dither/server', imports],
  ['sdk/src/a.ts', '@dither/sim', imports],
  ['sdk/src/a.ts', '@dither/mechanisms/catalogue', imports],
  ['sdk/src/a.ts', '@dither/protocol/node', imports],
  ['sdk/src/a.ts', 'seedrandom', imports],
  ['sdk/src/a.ts', 'node:fs', imports],
  ['sdk/src/a.ts', '@dither/mechanisms/rr'],
  ['sdk/src/a.ts', '@dither/protocol'],
  ['sdk/src/a.ts', 'react', imports],
  ['sdk/src/deniability.ts', '@dither/mechanisms/catalogue'],
  ['sdk/src/deniability.ts', '@dither/protocol/node', imports],
  ['sdk/src/deniability.ts', 'seedrandom', imports],
  ['sdk/src/react/a.ts', 'react'],
  ['sdk/src/react/a.ts', '../client.js'],
  ['sdk/src/react/a.ts', 'react-dom', imports],
  ['sdk/src/react/a.ts', '@dither/mechanisms/catalogue', imports],
  ['sdk/src/testing.ts', 'seedrandom'],
  ['sdk/src/test-kit/a.ts', 'seedrandom'],
  ['sdk/src/testing.ts', 'node:fs', imports],
  ['sdk/src/platform/browser.ts', 'node:fs', imports],
  ['sdk/src/platform/node.ts', 'node:fs/promises'],
  ['sdk/src/platform/node.ts', 'seedrandom', imports],
  ['server/src/a.ts', '@dither/sdk', imports],
  ['server/src/a.ts', '@dither/sdk/node', imports],
  ['server/src/a.ts', '@dither/sim', imports],
  ['server/src/a.ts', 'seedrandom', imports],
  ['server/src/a.ts', '@photostructure/sqlite', imports],
  ['server/src/a.ts', 'fastify'],
  ['server/src/storage/sqlite/a.ts', '@photostructure/sqlite'],
  ['server/src/storage/sqlite/a.ts', '@dither/sim', imports],
  ['sim/src/a.ts', '@dither/sdk', imports],
  ['sim/src/a.ts', '@dither/server', imports],
  ['sim/src/a.ts', '@dither/protocol/node'],
  ['sim/src/a.ts', 'seedrandom'],
];

/** @type {readonly (readonly [file: string, expression: string, rule?: string])[]} */
const expressionCases = [
  ...['mechanisms', 'protocol', 'sdk', 'server', 'sim'].flatMap((name) => [
    /** @type {const} */ ([`${name}/src/a.ts`, 'Math.random()', properties]),
    /** @type {const} */ ([`${name}/src/a.ts`, 'Date.now()', properties]),
    /** @type {const} */ ([`${name}/src/a.ts`, 'process.env', 'noProcessEnv']),
    /** @type {const} */ ([`${name}/src/a.ts`, 'console.log()', 'noConsole']),
    /** @type {const} */ ([`${name}/test/a.test.ts`, 'Math.random()', properties]),
  ]),
  ...['Date', 'fetch', 'setTimeout', 'window', 'process', 'console', 'globalThis', 'crypto', 'localStorage'].flatMap(
    (name) => [
      /** @type {const} */ (['mechanisms/src/a.ts', name, globals]),
      /** @type {const} */ (['sdk/src/a.ts', name, globals]),
    ],
  ),
  ['sdk/src/collectors/a.ts', 'globalThis', globals],
  ['sdk/src/collectors/_scope.ts', 'globalThis'],
  ['sdk/src/platform/a.ts', 'Math.random()', properties],
  ['sdk/src/platform/a.ts', 'console.debug()'],
  ['sdk/src/platform/a.ts', 'console.log()', 'noConsole'],
  ['sdk/src/platform/a.ts', '[Date.now(), fetch, setTimeout, globalThis.crypto]'],
  ['server/src/clock.ts', 'Date.now()'],
  ['server/src/config.ts', 'process.env'],
];

const lines = [
  ...importCases.map(([file, imported, rule]) => ({ file, code: `import '${imported}';`, rule })),
  ...expressionCases.map(([file, expression, rule]) => ({ file, code: `[${expression}];`, rule })),
  { file: 'sdk/src/one.ts', code: "import './two.js';", rule: 'noImportCycles' },
  { file: 'sdk/src/two.ts', code: "import './one.js';", rule: 'noImportCycles' },
];
const rules = new Set(lines.flatMap(({ rule }) => rule ?? []));

/** @type {Map<string, string[]>} */
const tree = new Map();
const expected = lines.map(({ file, code, rule }) => {
  const content = [...(tree.get(file) ?? []), code];
  tree.set(file, content);
  return { place: `packages/${file}:${content.length}`, code, rule };
});

await step(async () => {
  const diagnostics = await inTemporaryFolder(lint);
  refuseAny(
    expected.flatMap(({ place, code, rule }) => {
      const reported = diagnostics
        .filter(({ location }) => `${location.path}:${location.start.line}` === place)
        .map(({ category }) => category.split('/').at(-1) ?? '')
        .filter((name) => rules.has(name));
      if (rule === undefined ? reported.length === 0 : reported.includes(rule)) return [];
      const wish = rule === undefined ? 'allowed' : `refused by ${rule}`;
      return [`${place}: ${code} must be ${wish}, and is reported by ${reported.join(', ') || 'no rule'}`];
    }),
  );
  const refused = expected.filter(({ rule }) => rule !== undefined).length;
  return `${refused} lines refused, ${expected.length - refused} allowed`;
});

/**
 * @param {string} folder
 * @returns {Promise<{ category: string, location: { path: string, start: { line: number } } }[]>} Biome's diagnostics
 */
async function lint(folder) {
  for (const file of ['biome.json', 'biome.fences.json', '.gitignore'])
    await copyFile(join(root, file), join(folder, file));
  for (const [file, content] of tree) {
    const path = join(folder, 'packages', file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `${content.join('\n')}\n`);
  }
  const report = join(folder, 'report.json');
  await run('biome', ['lint', '--reporter=json', `--reporter-file=${report}`, '--max-diagnostics=none'], {
    cwd: folder,
  });
  return JSON.parse(await readFile(report, 'utf8')).diagnostics;
}
