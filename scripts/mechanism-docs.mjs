/**
 * `docs/mechanisms.md` and a page for each mechanism, from the headers of their files, from the code's own figures, and from
 * the speeds that `pnpm bench mechanisms speed` last wrote down.
 *
 *     node scripts/mechanism-docs.mjs --write     writes them
 *     node scripts/mechanism-docs.mjs             fails if they are not what would be written, or a section is missing
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { figuresOf } from './lib/mechanism-figures.mjs';
import { headerOf } from './lib/mechanism-header.mjs';
import { refuseAny, step } from './lib/step.mjs';
import { root } from './lib/workspace.mjs';

const FOLDER = join(root, 'docs', 'mechanisms');
const SPEEDS = join(root, 'packages', 'mechanisms', 'bench', 'speed.json');

/** @type {Readonly<Record<string, string>>} */
const QUESTIONS = {
  frequencies: 'Shares of listed values, and means',
  distribution: 'Quantiles, mean and curve of ordered cells',
  texts: 'Texts of an open set, against candidates',
};

const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } });

await step(async () => {
  const { catalogue } = await import(join(root, 'packages', 'mechanisms', 'dist', 'catalogue.js'));
  /** @type {Record<string, { client: number, server: number }>} */
  const speeds = JSON.parse(readFileSync(SPEEDS, 'utf8'));
  const mechanisms = [...catalogue.values()].map((mechanism) => ({
    mechanism,
    header: headerOf(mechanism.id),
    figures: figuresOf(mechanism),
    speed: speeds[mechanism.id],
  }));
  refuseAny(mechanisms.flatMap(({ mechanism, speed }) => (speed ? [] : [`${mechanism.id} has no speed in ${SPEEDS}`])));
  const pages = new Map([
    [join(root, 'docs', 'mechanisms.md'), overview(mechanisms)],
    ...mechanisms.map((one) => /** @type {const} */ ([join(FOLDER, `${one.mechanism.id}.md`), page(one)])),
  ]);
  return values.write ? write(pages) : compare(pages);
});

/**
 * @typedef {{ mechanism: any, header: ReturnType<typeof headerOf>, figures: ReturnType<typeof figuresOf>,
 *   speed: { client: number, server: number } | undefined }} Described
 */

/** @param {readonly Described[]} mechanisms */
function overview(mechanisms) {
  const tables = Object.entries(QUESTIONS).map(([answers, title]) => {
    const rows = mechanisms.filter(({ mechanism }) => mechanism.answers === answers).map(row);
    return [
      `## ${title}`,
      '',
      '| mechanism | use when | report bytes | n x variance, epsilon 1 | epsilon 4 | counters | reports/s, client | server |',
      '| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |',
      ...rows,
      '',
    ].join('\n');
  });
  return `# Mechanisms

<!-- Written by \`node scripts/mechanism-docs.mjs --write\` from the code and its headers; \`pnpm check\` compares. -->

Which one fits a metric: \`pnpm registry advise\` ranks them ([choosing](choosing-a-mechanism.md)). What holds for all of them, and how it is
checked: [the package](../packages/mechanisms/README.md). Another one: [adding a mechanism](adding-a-mechanism.md).

Figures are for 1,024 values where the mechanism takes them, else for as many as it takes (its page says). The variance is that of a
value's share in a population spread evenly over all of them, exact, from the integers in use; of a mean in units of the range squared;
of a median in cells squared, at 100,000 reports of a bell curve. With two stages epsilon is that of one report, and of an epoch twice as
much. Speeds are those of one core of the machine the bench last ran on, at epsilon 1: reports randomized into a buffer, and reports read from
their bytes and estimated, a million at a time.

${tables.join('\n')}`;
}

/** @param {Described} described */
function row({ mechanism, header, figures, speed }) {
  const cells = [
    `[\`${mechanism.id}\`](mechanisms/${mechanism.id}.md)`,
    header.sections['Use when'],
    figures.reportBytes,
    ...figures.errors,
    figures.counters.toLocaleString('en'),
    rate(speed?.client),
    rate(speed?.server),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** @param {number | undefined} reports a second */
function rate(reports = 0) {
  return reports >= 1e6 ? `${Number((reports / 1e6).toPrecision(2))} M` : `${Number((reports / 1e3).toPrecision(2))} k`;
}

/** @param {Described} described */
function page({ mechanism, header, figures, speed }) {
  const sections = Object.entries(header.sections).map(([name, text]) => `**${name}.** ${text}\n`);
  const from = `packages/mechanisms/src/mechanisms/${mechanism.id}.ts`;
  return `# \`${mechanism.id}\`

<!-- Written by \`node scripts/mechanism-docs.mjs --write\` from ${from}. -->

${header.title}

${sections.join('\n')}
## Options

${header.params.map((line) => `- ${line}`).join('\n')}

\`params\` throws ${header.throws}.

## Figures

${figures.setting}: ${figures.reportBytes} byte(s) a report, ${figures.counters.toLocaleString('en')} counters, n x variance ${figures.errors[0]} at epsilon 1 and ${figures.errors[1]} at 4; ${rate(speed?.client)} reports
a second on a device, ${rate(speed?.server)} on a server. [All mechanisms](../mechanisms.md), [source](../../${from}), [test
vectors](../../packages/mechanisms/vectors/${mechanism.id}.json).
`;
}

/** @param {ReadonlyMap<string, string>} pages */
function write(pages) {
  mkdirSync(FOLDER, { recursive: true });
  for (const path of strangers(pages)) rmSync(path);
  for (const [path, text] of pages) writeFileSync(path, text);
  return `${pages.size} pages written`;
}

/** @param {ReadonlyMap<string, string>} pages */
function compare(pages) {
  const stale = [...pages].filter(([path, text]) => !existsSync(path) || readFileSync(path, 'utf8') !== text);
  refuseAny([
    ...stale.map(([path]) => `${path} is not what node scripts/mechanism-docs.mjs --write makes`),
    ...strangers(pages).map((path) => `${path} belongs to no mechanism`),
  ]);
  return `${pages.size} pages`;
}

/** Pages of mechanisms that are no more. @param {ReadonlyMap<string, string>} pages */
function strangers(pages) {
  if (!existsSync(FOLDER)) return [];
  return readdirSync(FOLDER)
    .map((name) => join(FOLDER, name))
    .filter((path) => !pages.has(path));
}
