import { resolve } from 'node:path';
import { defineCommand, json, reach } from '../command.js';
import { restoreFile } from '../restoring.js';
import { runningOperator } from '../running-operator.js';

export const restore = defineCommand({
  meta: {
    name: 'restore',
    summary: 'puts a backup in the place of the database; a server that runs goes on with it',
    detail:
      'The backup is read from end to end first: one that cannot be used, or over which no server can begin, changes nothing. The file that was there stays, beside it. Everything since the backup is gone with it: reports that were acknowledged, registries, tokens made and revoked, keys.',
  },
  operands: { FILE: 'what backup wrote' },
  options: json,
  settings: reach,
  async run({ operands: { FILE }, options, configuration: { config } }, io) {
    const path = resolve(FILE);
    const running = await runningOperator(config);
    const summary = await (running === undefined ? restoreFile(path, config) : running.restore({ path }));
    const { registries, windows, reports, nonces, movedTo } = summary;
    io.note(`restored: ${registries} registries, ${reports} reports in ${windows} windows, ${nonces} nonces\n`);
    if (movedTo !== undefined) io.note(`what was there before: ${movedTo}\n`);
    if (options.json === true) io.out(`${JSON.stringify(summary, null, 2)}\n`);
    return 0;
  },
});
