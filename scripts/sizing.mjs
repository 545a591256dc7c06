/**
 * Memory and disk of the server by batches a day. It takes minutes, and each machine measures a little else: nobody compares.
 *
 *     node scripts/sizing.mjs --write       writes the table where a document has `<!-- sizing -->` and `<!-- /sizing -->`
 *     node scripts/sizing.mjs               prints it
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeBlocks } from './lib/blocks.mjs';
import { mustRun } from './lib/run.mjs';
import { step } from './lib/step.mjs';
import { root } from './lib/workspace.mjs';

const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } });

await step(async () => {
  const bench = join(root, 'packages', 'server', 'bench', 'sizing.ts');
  const table = (await mustRun('node', [join(root, 'scripts', 'run-ts.mjs'), bench])).trim();
  return values.write ? writeBlocks('sizing', table) : table;
});
