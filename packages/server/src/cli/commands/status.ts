import type { Status } from '../../admin/answers.js';
import { defineCommand, json, reach } from '../command.js';
import { withOperator } from '../operator.js';
import { table } from '../table.js';

export const status = defineCommand({
  meta: { name: 'status', summary: 'says whether a server runs, and what its database holds' },
  operands: {},
  options: json,
  settings: reach,
  async run({ options, configuration: { config } }, io) {
    const answer = await withOperator(config, (operator) => operator.status({}));
    io.out(options.json === true ? `${JSON.stringify(answer, null, 2)}\n` : rendered(answer));
    return 0;
  },
});

function rendered({ version, server, db, usage, ...counts }: Status): string {
  const { registries, unknownRegistries, setAside, tokens, keys } = counts;
  const rows = [
    ['server', server === undefined ? 'none runs' : `${server.url}, process ${server.pid}, for ${server.seconds} s`],
    ...(server === undefined ? [] : [['memory', mebibytes(server.memoryBytes)]]),
    ['version', version],
    ['database', `${db}, ${mebibytes(usage.diskBytes)}`],
    ['registries', `${registries}; ${unknownRegistries} asked for and unknown, ${setAside} set aside`],
    ['access', `${tokens} tokens, ${keys} write keys`],
    ['nonces', `${usage.nonces}, of which ${mebibytes(usage.nonceBytes)} in memory`],
    ['log', `${usage.logBatches} batches that are not in the counters on disk yet`],
  ];
  return table(rows)
    .map((line) => `${line}\n`)
    .join('');
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
