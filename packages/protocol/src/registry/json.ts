import {
  type IndexClient,
  type LatchedIndexClient,
  type LatchedTextClient,
  MICRO,
  type TextClient,
} from '@dither/mechanisms';
import { policy } from '../policy.js';
import { canonicalJson, type Json } from './canonical.js';
import { RegistryError } from './errors.js';
import { boolean, category, count, fromEdges, text } from './kinds.js';
import type { Aggregate, Declared, Latch, Metric, MetricOptions } from './metric.js';
import { paramsToJson } from './params-json.js';
import { type Budget, defineRegistry, type Registry } from './registry.js';

/** Version of the canonical form. */
const VERSION = 1;

/** A registry as JSON: what the server and the simulator read, and what a reviewer diffs. */
export function registryToJson(registry: Registry): Json {
  return {
    version: VERSION,
    app: registry.app,
    budget: { ...registry.budget },
    participation: registry.participation,
    gpc: registry.gpc,
    expectedClients: registry.expectedClients,
    fingerprint: registry.fingerprint,
    metrics: Object.fromEntries(Object.values(registry.metrics).map((metric) => [metric.id, metricToJson(metric)])),
  };
}

function metricToJson(metric: Metric): Json {
  return {
    kind: metric.kind,
    description: metric.description,
    purpose: metric.purpose,
    owner: metric.owner,
    period: metric.period,
    aggregate: metric.aggregate,
    domain: metric.domain as Json,
    expires: metric.expires,
    reason: metric.reason,
    mechanism: paramsToJson(metric.params),
    epsilon: metric.microEpsilon / MICRO,
    latch: metric.latch as Json | undefined,
    fingerprint: metric.fingerprint,
  };
}

/** The canonical text, one metric a line so that a diff shows what changed. */
export function registryToText(registry: Registry): string {
  const { metrics, ...head } = registryToJson(registry) as { metrics: { readonly [id: string]: Json } };
  const lines = Object.keys(metrics)
    .sort()
    .map((id) => `  ${JSON.stringify(id)}: ${canonicalJson(metrics[id] as Json)}`);
  const top = Object.entries(head as { readonly [key: string]: Json | undefined })
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([key, value]) => (value === undefined ? [] : [`${JSON.stringify(key)}: ${canonicalJson(value)}`]));
  return `{${top.join(',\n')},\n"metrics": {\n${lines.join(',\n')}\n}}\n`;
}

/** Id to something that holds a mechanism's client, such as the catalogue of `@dither/mechanisms`. */
export type ClientLookup = { get(id: string): { readonly client: unknown } | undefined };

/**
 * Reads a canonical registry back. Parameters and fingerprints are computed anew and must agree with what the file
 * says: a file edited by hand, or written by a version that resolves differently, is refused.
 *
 * @throws RegistryError `registry-malformed`, `fingerprint-mismatch`, and whatever `defineRegistry` throws
 */
export function registryFromJson(json: unknown, mechanisms: ClientLookup): Registry {
  const file = object(json, '', 'a registry');
  if (file['version'] !== VERSION) {
    throw new RegistryError('registry-malformed', '', `version ${VERSION} is the one this code reads`);
  }
  const metrics = object(file['metrics'], '', 'metrics');
  const registry = defineRegistry({
    app: string(file['app'], '', 'app'),
    budget: object(file['budget'], '', 'budget') as unknown as Budget,
    participation: string(file['participation'], '', 'participation') as 'all' | 'sampled',
    ...(file['gpc'] === undefined ? {} : { gpc: file['gpc'] as 'explicit-grant' }),
    expectedClients: file['expectedClients'] as number,
    metrics: Object.fromEntries(
      Object.entries(metrics).map(([id, metric]) => [id, readMetricAt(id, metric, mechanisms)]),
    ),
  });
  for (const metric of Object.values(registry.metrics)) {
    const said = object(metrics[metric.id], metric.id, 'a metric');
    checkFingerprint(metric.id, said['fingerprint'], metric.fingerprint);
    checkSame(metric.id, said as Json, metricToJson(metric));
  }
  checkFingerprint('', file['fingerprint'], registry.fingerprint);
  checkSame('', file as Json, registryToJson(registry));
  return registry;
}

/** Whoever reads the file without this code, a reviewer or another client, trusts every figure in it. */
function checkSame(where: string, said: Json, computed: Json): void {
  if (canonicalJson(said) !== canonicalJson(computed)) {
    throw new RegistryError(
      'registry-malformed',
      where,
      'a field is not what the declaration resolves to, or does not belong here; export the registry again',
    );
  }
}

/** A declaration does not know its id; a file does. */
function readMetricAt(id: string, json: unknown, mechanisms: ClientLookup): Declared {
  try {
    return readMetric(id, json, mechanisms);
  } catch (error) {
    if (!(error instanceof RegistryError) || error.where !== '') throw error;
    throw new RegistryError(error.code, id, error.remedy);
  }
}

function checkFingerprint(where: string, said: unknown, computed: string): void {
  if (said !== computed) {
    throw new RegistryError(
      'fingerprint-mismatch',
      where,
      `what is declared has fingerprint ${computed}; export the registry again`,
    );
  }
}

function readMetric(id: string, json: unknown, mechanisms: ClientLookup): Declared {
  const metric = object(json, id, 'a metric');
  const domain = object(metric['domain'], id, 'domain');
  const options: MetricOptions = {
    description: string(metric['description'], id, 'description'),
    purpose: string(metric['purpose'], id, 'purpose'),
    owner: string(metric['owner'], id, 'owner'),
    period: metric['period'] as MetricOptions['period'],
    expires: string(metric['expires'], id, 'expires'),
    ...(typeof metric['epsilon'] === 'number' ? { epsilon: metric['epsilon'] } : {}),
    ...(typeof metric['reason'] === 'string' ? { reason: metric['reason'] } : {}),
  };
  const aggregate = string(metric['aggregate'], id, 'aggregate') as Aggregate;
  const kind = string(metric['kind'], id, 'kind');
  const params = object(metric['mechanism'], id, 'mechanism');
  const name = string(params['mechanism'], id, 'mechanism');
  const client = mechanisms.get(name)?.client;
  if (client === undefined) {
    throw new RegistryError('mechanism-unfit', id, `this version does not have the mechanism ${JSON.stringify(name)}`);
  }
  const withMechanism = { ...options, mechanism: client as IndexClient };
  const latch = metric['latch'] as Latch | undefined;
  switch (kind) {
    case 'text':
      return text({
        ...stagesOf(options, client as TextClient & LatchedTextClient, latch),
        maxLength: domain['maxLength'] as number,
        aggregate: aggregate as 'last',
        bits: params['bits'] as number,
        hashes: params['hashes'] as number,
        cohorts: params['cohorts'] as number,
      }) as Declared;
    case 'boolean':
      return boolean(withMechanism) as Declared;
    case 'category':
      return category({
        ...stagesOf(options, client as IndexClient & LatchedIndexClient, latch),
        values: strings(domain['values'], id),
        aggregate: aggregate as 'last',
      }) as Declared;
    case 'count':
      return count({ ...withMechanism, clamp: domain['clamp'] as number }) as Declared;
    case 'timing':
    case 'quantity':
      return fromEdges(
        kind,
        {
          ...stagesOf(options, client as IndexClient & LatchedIndexClient, latch),
          unit: string(domain['unit'], id, 'unit'),
          aggregate: aggregate as 'random',
        },
        numbers(domain['edges'], id),
      ) as Declared;
    default:
      throw new RegistryError('registry-malformed', id, 'kind is boolean, category, count, timing, quantity or text');
  }
}

/** A latched metric's epsilon is that of its latch, written out for readers. */
function stagesOf<C>({ epsilon, ...options }: MetricOptions, mechanism: C, latch: Latch | undefined) {
  if (latch !== undefined) return { ...options, mechanism, latch };
  return { ...options, mechanism, ...(epsilon === undefined ? {} : { epsilon }) };
}

function object(json: unknown, where: string, label: string): { readonly [key: string]: unknown } {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new RegistryError('registry-malformed', where, `${label} is an object`);
  }
  return json as { readonly [key: string]: unknown };
}

function string(json: unknown, where: string, label: string): string {
  if (typeof json !== 'string') throw new RegistryError('registry-malformed', where, `${label} is a text`);
  return json;
}

function strings(json: unknown, where: string): readonly string[] {
  if (!Array.isArray(json)) throw new RegistryError('registry-malformed', where, 'values is a list of texts');
  return json.map((item) => string(item, where, 'a value'));
}

function numbers(json: unknown, where: string): readonly number[] {
  if (
    !Array.isArray(json) ||
    json.length < 3 ||
    json.length > policy.maxCategories + 1 ||
    json.some((x, i) => !Number.isFinite(x) || (i > 0 && x <= json[i - 1]))
  ) {
    throw new RegistryError(
      'registry-malformed',
      where,
      `edges is a rising list of 3 to ${policy.maxCategories + 1} numbers`,
    );
  }
  return Object.freeze([...json]) as readonly number[];
}
