import { uniformInt, type WordSource } from '@dither/mechanisms';
import { fromBase64url, type Metric, periodStart, type Registry, toBase64url, type Value } from '@dither/protocol';
import { parseList } from './json.js';
import type { OpenRecords } from './recorder.js';

/**
 * What the permanent step made of a latched metric's value in one epoch. The value is forgotten; all reports of the
 * epoch are made from this, whatever happens. Its size does not depend on the value.
 */
export interface Output {
  readonly metric: string;
  /** Of the metric: under another declaration the bytes mean nothing. */
  readonly fingerprint: string;
  /** First day of the epoch, and the first after it. */
  readonly first: number;
  readonly until: number;
  /** The cohort draw: one per installation and epoch, shared by all that is latched in it. */
  readonly draw: number;
  /** base64url */
  readonly permanent: string;
}

/** Cohort draws are six bits: all that the reports of an epoch have in common beside what they say. */
const DRAWS = 64;

/** Outputs that cannot be read are lost: their epochs were paid for, and are never latched again. */
export function parseOutputs(text: string | undefined): readonly Output[] {
  return parseList<Output>(text, 'permanent');
}

/** What was stored for the epoch that the period starting on day `start` lies in. */
export function outputFor(outputs: readonly Output[], metric: Metric, start: number): Output | undefined {
  const first = periodStart(start, metric.epoch);
  return outputs.find((output) => output.first === first && output.fingerprint === metric.fingerprint);
}

/** The permanent step. Called once per metric and epoch, and only once the epoch's debit is durable. */
export function latchValue(
  outputs: readonly Output[],
  metric: Metric,
  start: number,
  value: Value,
  source: WordSource,
): readonly Output[] {
  const { id, fingerprint, client, params, epoch } = metric;
  if (!('latch' in client)) return outputs;
  const first = periodStart(start, epoch);
  const until = first + epoch;
  const other = outputs.find((output) => output.first === first && output.until === until);
  const draw = other?.draw ?? uniformInt(source, DRAWS);
  const permanent = toBase64url(client.latch(params, value, draw, source));
  return [...outputs, { metric: id, fingerprint, first, until, draw, permanent }];
}

/** An instantaneous randomization of what was stored: the bytes of one report. */
export function reportFrom(output: Output | undefined, metric: Metric, source: WordSource): Uint8Array | undefined {
  const { client, params } = metric;
  const permanent = fromBase64url(output?.permanent ?? '');
  if (output === undefined || permanent === undefined || !('latch' in client)) return undefined;
  return client.encode(params, client.report(params, permanent, source));
}

/**
 * Outputs of epochs that go on, or of which a period still waits to be closed; the rest is erased. An epoch's outputs
 * go together, since they hold its draw.
 */
export function neededOutputs(
  outputs: readonly Output[],
  registry: Registry,
  open: OpenRecords,
  today: number,
): readonly Output[] {
  const needed = outputs.filter(
    ({ metric, first, until }) =>
      today < until ||
      Object.entries(open).some(
        ([id, records]) =>
          (id === metric || registry.metrics[id]?.latch !== undefined) &&
          records.some(({ start }) => first <= start && start < until),
      ),
  );
  return needed.length < outputs.length ? needed : outputs;
}
