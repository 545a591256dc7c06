import { resolve } from 'node:path';
import { defineCommand, json, reach } from '../command.js';
import { withOperator } from '../operator.js';

export const backup = defineCommand({
  meta: {
    name: 'backup',
    summary: 'writes the database to a new file while the server goes on, and reads it back',
    detail:
      'The server writes the file, as its user. Standard output has its SHA-256 as sha256sum --check reads it. No batch is in it: they are in the counters first.',
  },
  operands: { FILE: 'a name at which nothing is' },
  options: json,
  settings: reach,
  async run({ operands: { FILE }, options, configuration: { config } }, io) {
    const summary = await withOperator(config, (operator) => operator.backup({ path: resolve(FILE) }));
    const { path, bytes, sha256, registries, windows, reports, nonces } = summary;
    io.note(`${bytes} bytes: ${registries} registries, ${reports} reports in ${windows} windows, ${nonces} nonces\n`);
    io.out(options.json === true ? `${JSON.stringify(summary, null, 2)}\n` : `${sha256}  ${path}\n`);
    return 0;
  },
});
