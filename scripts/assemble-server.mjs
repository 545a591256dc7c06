/**
 * Puts the server with all that it needs to run, and nothing that builds it, into a folder that is not there yet:
 *
 *     node scripts/assemble-server.mjs /opt/dither-server
 *
 * Versions are those of pnpm-lock.yaml. Nothing is written to the folder after that: it may be read-only, and another user's.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { mustRun } from './lib/run.mjs';
import { step } from './lib/step.mjs';

await step(async () => {
  const [target] = process.argv.slice(2);
  if (target === undefined) throw new Error('node scripts/assemble-server.mjs FOLDER');
  const folder = resolve(target);
  if (existsSync(folder)) throw new Error(`${folder} is there already`);
  await mustRun('tsc', ['-b', 'packages/server']);
  // Files of its own: by default they share their contents with pnpm's store, and with it their permissions.
  const settings = ['--config.inject-workspace-packages=true', '--config.package-import-method=copy'];
  await mustRun('npx', ['-y', 'pnpm@12', ...settings, '--filter', '@dither/server', 'deploy', '--prod', folder]);
  return `${folder}/bin/dither-server.js`;
});
