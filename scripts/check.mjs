/** `pnpm check`: every check that is not a test, one line each, ended by the first that fails. `--json FILE` counts. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { run } from './lib/run.mjs';

/** @type {readonly (readonly [name: string, command: string, ...args: string[]])[]} */
const steps = [
  ['format and lint', 'biome', 'ci', '--colors=off', '--max-diagnostics=50', '.'],
  ['fences bite', 'node', 'scripts/fences.mjs'],
  ['types', 'tsc', '-b', '.', 'scripts'],
  ['unused code', 'knip', '--no-progress', '--no-config-hints'],
  ['packed packages', 'node', 'scripts/packages.mjs'],
  ['bundle sizes', 'node', 'scripts/sizes.mjs'],
  ['mechanism pages', 'node', 'scripts/mechanism-docs.mjs'],
  ['API reference', 'node', 'scripts/api-docs.mjs'],
  ['links', 'node', 'scripts/links.mjs'],
  ['snippets', 'node', 'scripts/run-snippets.mjs'],
];

const { values } = parseArgs({ options: { json: { type: 'string' } } });
let passed = 0;
let failed = 0;
for (const [name, command, ...args] of steps) {
  const start = performance.now();
  const { code, output } = await run(command, args);
  const seconds = ((performance.now() - start) / 1000).toFixed(1).padStart(5);
  if (code !== 0) {
    failed = 1;
    console.log(`FAILED  ${seconds} s  ${name}\n${output}`);
    break;
  }
  passed++;
  // What a script of ours has to say is one line.
  console.log(`ok      ${seconds} s  ${name}${command === 'node' ? `: ${output.trim()}` : ''}`);
}
const counts = { passed, failed, skipped: steps.length - passed - failed };
if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(counts));
process.exitCode = failed;
