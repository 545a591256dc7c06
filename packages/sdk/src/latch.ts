import { MechanismError, uniformInt, type WordSource } from '@dither/mechanisms';
import { fromBase64url, type Metric, periodStart, toBase64url, type Value } from '@dither/protocol';
import { isDecided, type Ledger } from './budget-ledger.js';
import { parseObject } from './json.js';
import type { OpenRecord, OpenRecords } from './recorder.js';

/**
 * What the permanent step made of a latched metric's value in one epoch. The value is forgotten; all reports of the
 * epoch are made from this, whatever happens. Its size does not depend on the value.
 */
export interface Output extends Epoch {
  readonly metric: string;
  /** Of the metric: under another declaration the bytes mean nothing. */
  readonly fingerprint: string;
  /** base64url */
  readonly permanent: string;
}

interface Epoch {
  /** First day of the epoch, and the first after it. */
  readonly first: number;
  readonly until: number;
}

/** The cohort draw: one per installation and epoch, shared by all that is latched in it. */
export interface Draw extends Epoch {
  readonly draw: number;
}

export interface Latched {
  /** The consent it was made under: under another one it is lost. */
  readonly grants: number;
  /** Of the latest epoch that anything was latched in; the ledger silences what was not latched in an earlier one. */
  readonly draw?: Draw | undefined;
  readonly outputs: readonly Output[];
}

/** Cohort draws are six bits: all that the reports of an epoch have in common beside what they say. */
const DRAWS = 64;

/** What cannot be read is lost, each part alone: its epoch was paid for, and is never latched again. */
export function parseLatched(text: string | undefined): Latched {
  const { grants, draw, outputs } = parseObject(text);
  return {
    grants: Number(grants),
    draw: isDraw(draw) ? draw : undefined,
    outputs: Array.isArray(outputs) ? outputs.filter(isOutput) : [],
  };
}

export function isEmpty({ draw, outputs }: Latched): boolean {
  return draw === undefined && outputs.length === 0;
}

function isOutput(value: unknown): value is Output {
  return isEpoch(value) && typeof (value as Output).permanent === 'string';
}

function isDraw(value: unknown): value is Draw {
  const { draw } = (value ?? {}) as Draw;
  return isEpoch(value) && Number.isInteger(draw) && draw >= 0 && draw < DRAWS;
}

function isEpoch(value: unknown): value is Epoch {
  const { first, until } = (value ?? {}) as Epoch;
  return Number.isInteger(first) && Number.isInteger(until);
}

/** What was latched under the consent that holds now; the rest is lost. */
export function latchedUnder(latched: Latched, grants: number): Latched {
  return latched.grants === grants ? latched : { grants, outputs: [] };
}

/** What was stored for the epoch that the period starting on day `start` lies in. */
export function outputFor({ outputs }: Latched, metric: Metric, start: number): Output | undefined {
  const first = periodStart(start, metric.epoch);
  return outputs.find((output) => output.first === first && output.fingerprint === metric.fingerprint);
}

/** The permanent step. Called once per metric and epoch, and only once the epoch's debit is durable. */
export function latchValue(latched: Latched, metric: Metric, start: number, value: Value, source: WordSource): Latched {
  const { id, fingerprint, client, params, epoch } = metric;
  if (!('latch' in client)) return latched;
  const first = periodStart(start, epoch);
  const until = first + epoch;
  const draw =
    latched.draw?.first === first && latched.draw.until === until
      ? latched.draw
      : { first, until, draw: uniformInt(source, DRAWS) };
  const permanent = toBase64url(client.latch(params, value, draw.draw, source));
  return { ...latched, draw, outputs: [...latched.outputs, { metric: id, fingerprint, first, until, permanent }] };
}

/** An instantaneous randomization of what was stored: the bytes of one report, or undefined where that is of no use. */
export function reportFrom(output: Output | undefined, metric: Metric, source: WordSource): Uint8Array | undefined {
  const { client, params } = metric;
  const permanent = fromBase64url(output?.permanent ?? '');
  if (output === undefined || permanent === undefined || !('latch' in client)) return undefined;
  try {
    return client.encode(params, client.report(params, permanent, source));
  } catch (error) {
    // Whatever storage made of one output, the other metrics' reports go out.
    if (error instanceof MechanismError) return undefined;
    throw error;
  }
}

/** What epochs that go on need, or of which a period still waits to be closed; the rest is erased. */
export function neededOf(latched: Latched, open: OpenRecords, today: number): Latched {
  const isNeeded = ({ first, until }: Epoch, ids: readonly string[]): boolean =>
    today < until || ids.some((id) => open[id]?.some(({ start }) => first <= start && start < until));
  const outputs = latched.outputs.filter((output) => isNeeded(output, [output.metric]));
  // Whatever waits may be latched in that epoch yet, be it another version's.
  const draw = latched.draw && isNeeded(latched.draw, Object.keys(open)) ? latched.draw : undefined;
  return outputs.length === latched.outputs.length && draw === latched.draw ? latched : { ...latched, draw, outputs };
}

/**
 * Records without what can change no report: where an epoch is latched or silent, that something is reported is kept,
 * and no truth. The rest of what happens in it is forgotten at once.
 */
export function withoutDecided(records: OpenRecords, ledger: Ledger): { [metric: string]: readonly OpenRecord[] } {
  return Object.fromEntries(
    Object.entries(records).map(([id, own]) => [
      id,
      own.map((record) => {
        const { value, events: _events, ...presence } = record;
        return value !== undefined && isDecided(ledger, id, record.epoch, record.start) ? presence : record;
      }),
    ]),
  );
}
