import { formatDay, policy, registryToText } from '@dither/protocol';
import { renderComparison } from '@dither/protocol/node';
import type { RegistryList } from '../../admin/answers.js';
import type { RegistryChange } from '../../ingest/registries.js';
import { readRegistry } from '../../registry-files.js';
import { defineCommand, type Io, json, reach } from '../command.js';
import { withOperator } from '../operator.js';
import { table } from '../table.js';

const operands = { FILE: 'a registry: canonical JSON, or a module that exports one' } as const;

export const registryAdd = defineCommand({
  meta: {
    name: 'registry add',
    summary: 'has batches of a registry read, from now on and for good',
    detail:
      "Do it before the app that has it ships. It takes the place of its app's current one; batches of earlier ones are read as ever.",
  },
  operands,
  options: json,
  settings: reach,
  async run({ operands: { FILE }, options, configuration: { config } }, io) {
    const text = registryToText(await readRegistry(FILE));
    const change = await withOperator(config, (operator) => operator.addRegistry({ text }), { mayCreate: true });
    const said = change.isNew ? 'added' : "was here before; it is its app's current one";
    io.note(`registry ${change.fingerprint} of ${change.app}: ${said}\n`);
    if (change.changes !== undefined || options.json === true) print(change, options.json === true, io);
    return 0;
  },
});

export const registryDiff = defineCommand({
  meta: {
    name: 'registry diff',
    summary: 'says what a registry would change for people, devices and estimates if it were added',
  },
  operands,
  options: json,
  settings: reach,
  async run({ operands: { FILE }, options, configuration: { config } }, io) {
    const text = registryToText(await readRegistry(FILE));
    print(await withOperator(config, (operator) => operator.diffRegistry({ text })), options.json === true, io);
    return 0;
  },
});

export const registryList = defineCommand({
  meta: {
    name: 'registry list',
    summary: 'lists the registries whose batches are read, and those that were asked for and are not known',
  },
  operands: {},
  options: json,
  settings: reach,
  async run({ options, configuration: { config } }, io) {
    const list = await withOperator(config, (operator) => operator.listRegistries({}));
    io.out(options.json === true ? `${JSON.stringify(list, null, 2)}\n` : rendered(list));
    return 0;
  },
});

function print(change: RegistryChange, isJson: boolean, io: Io): void {
  if (isJson) io.out(`${JSON.stringify(change, null, 2)}\n`);
  else if (change.changes !== undefined) io.out(renderComparison(change.changes));
  else io.out(`${change.app} has no registry here: there is nothing to compare it with.\n`);
}

function rendered({ registries, unknown, setAside }: RegistryList): string {
  const known = registries.map(({ app, fingerprint, metrics, reports, isCurrent }) => [
    fingerprint,
    app,
    String(metrics),
    String(reports),
    isCurrent ? 'current' : 'earlier',
  ]);
  const asked = unknown.map(({ fingerprint, firstSeen, batches }) => {
    const last = formatDay(firstSeen + policy.unknownRegistryDays - 1);
    return `${fingerprint}  unknown since ${formatDay(firstSeen)}, ${batches} batches: add it by ${last}, or they are refused for good`;
  });
  const aside = setAside.map(
    ({ fingerprint, reason }) => `${fingerprint}  set aside: this version cannot read it (${reason})`,
  );
  const lines = [...table([['fingerprint', 'app', 'metrics', 'reports', ''], ...known]), ...asked, ...aside];
  return lines.map((line) => `${line}\n`).join('');
}
