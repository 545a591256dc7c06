import type { Json } from '../registry/canonical.js';
import type { Metric } from '../registry/metric.js';
import { paramsToJson } from '../registry/params-json.js';
import { chargePerWindow, drawnClasses } from '../registry/participation.js';
import type { Registry } from '../registry/registry.js';
import { mayNeedSplitting } from '../wire/batch.js';
import { call, callOn, isIdentifierName, name, printBlock, quoted, type Source, WIDTH } from './source-text.js';

export interface ResolvedModule {
  readonly language: 'ts' | 'js';
  /** What is to be changed instead, as the reader of the module finds it. */
  readonly source: string;
  /** Where types come from: the module that declares the registry, and the name it is exported by. */
  readonly declared?: { readonly module: string; readonly name: string } | undefined;
}

const RANDOMIZERS = '@dither/sdk/randomizers';
const RESOLVED = '@dither/sdk/resolved';

/**
 * The module an app ships in place of its declaration: every figure worked out, and nothing that could work one out.
 * Words (description, purpose, owner) are left out; whoever wants to read them reads the declaration.
 */
export function resolvedModule(registry: Registry, { language, source, declared }: ResolvedModule): string {
  const types = declared && (language === 'ts' ? typescript(declared) : jsdoc(declared));
  const comment = quoted(source).slice(1, -1);
  return [
    `// Made by \`dither-registry resolve\`: do not edit. Change ${comment} and run it again; \`--check\` in CI compares.\n`,
    importOf(registry.wire.map(randomizerOf), RANDOMIZERS),
    importOf(['resolvedRegistry', ...registry.wire.flatMap(helpersOf), ...registryHelpersOf(registry)], RESOLVED),
    types?.head ?? '',
    '\n',
    exported(`${types?.call ?? 'resolvedRegistry'}(${printBlock(fields(registry))});`, declared?.name ?? 'registry'),
  ].join('');
}

type Declared = NonNullable<ResolvedModule['declared']>;

/** What gives the registry the types of its declaration. */
interface Types {
  /** After the imports. */
  readonly head: string;
  readonly call: string;
}

function typescript({ module, name: binding }: Declared): Types {
  const imported = binding === 'declared' ? binding : `${exportName(binding)} as declared`;
  return {
    head: `import type { ${imported} } from ${quoted(module)};\n`,
    call: 'resolvedRegistry<typeof declared>',
  };
}

/** A type in a comment, which no text may end. */
function jsdoc({ module, name: binding }: Declared): Types {
  const path = `typeof import(${quoted(module)})`;
  const type = isIdentifierName(binding) ? `${path}.${binding}` : `(${path})[${quoted(binding)}]`;
  const typedef = `/** @typedef {${type.replaceAll('*/', '*\\/')}} Declared */`;
  const cast = '/** @type {typeof resolvedRegistry<Declared>} */ (resolvedRegistry)';
  return { head: `\n${typedef}\nconst resolved = ${cast};\n`, call: 'resolved' };
}

function fields(registry: Registry): { readonly [key: string]: Source | undefined } {
  const { app, fingerprint, gpc, bound, budget, wire } = registry;
  const helpers = registryHelpersOf(registry);
  return {
    app,
    fingerprint,
    gpc,
    bound: { ...bound },
    latching: helpers.includes('latching') ? name('latching') : undefined,
    publicDraw: helpers.includes('publicDraw') ? name('publicDraw') : undefined,
    splitReports: helpers.includes('splitReports') ? name('splitReports') : undefined,
    draw: helpers.includes('drawing')
      ? call('drawing', drawnClasses(registry.classes, budget.windowDays) as unknown as Json)
      : undefined,
    wire: wire.map((metric) => metricFields(metric, budget.windowDays)),
  };
}

function metricFields(metric: Metric, windowDays: number): { readonly [key: string]: Source | undefined } {
  const isLatched = metric.latch !== undefined;
  return {
    id: metric.id,
    fingerprint: metric.fingerprint,
    kind: metric.kind,
    domain: metric.domain as Json,
    domainSize: metric.domainSize,
    none: metric.none,
    period: metric.period,
    epoch: metric.epoch,
    ...(isLatched ? { microEpoch: metric.microEpoch } : {}),
    expiryDay: metric.expiryDay,
    charge: chargePerWindow(metric, windowDays),
    encode: encodeOf(metric),
    combine: name(metric.aggregate),
    randomizer: name(randomizerOf(metric)),
    params: derives(metric)
      ? callOn('derived', randomizerOf(metric), paramsToJson(metric.params))
      : paramsToJson(metric.params),
  };
}

const ENCODERS = {
  boolean: 'encodeBoolean',
  category: 'encodeCategory',
  count: 'encodeCount',
  timing: 'encodeNumber',
  quantity: 'encodeNumber',
  text: 'encodeText',
} as const satisfies { readonly [kind in Metric['kind']]: string };

function encodeOf({ kind, domain }: Metric): Source {
  const { values, clamp, edges, maxLength } = domain;
  const argument = values ?? clamp ?? edges ?? maxLength;
  return argument === undefined ? name(ENCODERS[kind]) : call(ENCODERS[kind], argument);
}

/** The name it has in `@dither/sdk/randomizers`: `one-bit-mean` is `oneBitMean`. */
function randomizerOf({ params }: Metric): string {
  return params.mechanism.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** Whether its params hold more than can be written down. */
function derives({ client }: Metric): boolean {
  return client.derive !== undefined;
}

function helpersOf(metric: Metric): string[] {
  return [ENCODERS[metric.kind], metric.aggregate, ...(derives(metric) ? ['derived'] : [])];
}

/** What an app bundles only if one of its metrics needs it. */
function registryHelpersOf(registry: Registry): string[] {
  const { wire, participation } = registry;
  return [
    ...(wire.some((metric) => metric.latch !== undefined) ? ['latching'] : []),
    ...(wire.some((metric) => metric.params.draws !== undefined) ? ['publicDraw'] : []),
    ...(mayNeedSplitting(registry) ? ['splitReports'] : []),
    ...(participation === 'sampled' ? ['drawing'] : []),
  ];
}

function importOf(names: readonly string[], from: string): string {
  const sorted = [...new Set(names)].sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
  const line = `import { ${sorted.join(', ')} } from '${from}';\n`;
  return line.length <= WIDTH + 1
    ? line
    : `import {\n${sorted.map((one) => `  ${one},\n`).join('')}} from '${from}';\n`;
}

/** Letters in the order formatters put imports in: `B` before `b`, both before `c`. */
function placeOf(identifier: string): string {
  return identifier.replace(/[a-z]/gi, (letter) => letter.toLowerCase() + (letter >= 'a' ? 1 : 0));
}

/** A module may export by any text. */
function exportName(text: string): string {
  return isIdentifierName(text) ? text : quoted(text);
}

/** Under the name that the declaration has, so that an app changes one path; that name may be taken by an import. */
function exported(body: string, binding: string): string {
  if (binding === 'registry') return `export const registry = ${body}\n`;
  return `const registry = ${body}\n\nexport { registry as ${exportName(binding)} };\n`;
}
