#!/usr/bin/env node
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { registryToText } from '@dither/protocol';
import { convertAdult } from './adult.js';
import { convertBrowsers } from './browsers.js';
import type { Convert, DataSet } from './data-set.js';
import { convertDomains } from './domains.js';
import { RealDataError } from './errors.js';
import { convertLcp } from './lcp.js';
import { policy } from './policy.js';
import { readSource } from './source.js';

const USAGE = `Turns a published file into installations the demo can play.

  node examples/dist/real-data/main.js adult|browsers|lcp|domains FILE --out FOLDER [--clients N]

  adult         Adult census extract (adult.data)
  browsers      browser usage of a region (caniuse, region-usage-json)
  lcp           Largest Contentful Paint by visibility and device (RUM Archive)
  domains       domain names, the most requested first (opendns-top-domains)
  --out FOLDER  where registry.json and events.csv go; of domains also candidates.txt and population.json
  --clients N   installations of all but adult; ${policy.defaultClients.toLocaleString('en')} unless told

FILE may be packed with gzip. Then: node examples/dist/demo/main.js --registry FOLDER/registry.json --events FOLDER/events.csv
and for domains --candidates FOLDER/candidates.txt
`;

const dataSets: ReadonlyMap<string, Convert> = new Map([
  ['adult', convertAdult],
  ['browsers', convertBrowsers],
  ['lcp', convertLcp],
  ['domains', convertDomains],
]);

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      out: { type: 'string' },
      clients: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const [name = '', file, ...rest] = positionals;
  const convert = dataSets.get(name);
  if (convert === undefined || file === undefined || rest.length > 0 || values.out === undefined) {
    throw new RealDataError('argument-invalid', `${[...dataSets.keys()].join('|')} FILE --out FOLDER [--clients N]`);
  }
  const clients = readClients(values.clients);
  const dataSet = convert(await readSource(file), clients);
  await write(dataSet, values.out);
  const metrics = dataSet.registry.wire.map(({ id, params }) => `${id} (${params.mechanism})`).join(', ');
  process.stdout.write(
    `${dataSet.clients.toLocaleString('en')} installations, ${dataSet.events.length.toLocaleString('en')} events: ${metrics}\n`,
  );
}

function readClients(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const clients = Number(text);
  if (!Number.isInteger(clients) || clients < 1 || clients > policy.maxClients) {
    throw new RealDataError('argument-invalid', `--clients takes a whole number, 1 to ${policy.maxClients}`);
  }
  return clients;
}

async function write({ registry, events, candidates, population }: DataSet, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'registry.json'), registryToText(registry));
  const lines = events.map(({ client, metric, value }) => `${client},${metric},${value}\n`);
  await writeFile(join(folder, 'events.csv'), `client,metric,value\n${lines.join('')}`);
  if (population !== undefined) await writeFile(join(folder, 'population.json'), `${JSON.stringify(population)}\n`);
  if (candidates !== undefined) await writeFile(join(folder, 'candidates.txt'), `${candidates.join('\n')}\n`);
}

try {
  await main();
} catch (error) {
  // What the person at the keyboard can mend is said in a line; anything else keeps its trace.
  const isTheirs = error instanceof Error && 'code' in error;
  process.stderr.write(`${isTheirs ? (error as Error).message : (error as Error).stack}\n`);
  process.exitCode = 2;
}
