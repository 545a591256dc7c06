import { uniformInt, type WordSource } from '@dither/mechanisms';
import { fromBase64url, periodStart, toBase64url, type Value } from '@dither/protocol';
import { accountOf, type Charge, debit, isClosed, type Ledger } from './budget-ledger.js';
import { sumOfAll } from './charges.js';
import type { Agreement } from './consent.js';
import type { Records } from './recorder.js';
import type { AnyDeviceMetric, DeviceRegistry } from './registry.js';
import type { State } from './state.js';

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
  grants: number;
  /** Of the latest epoch that anything was latched in; the ledger silences what was not latched in an earlier one. */
  draw?: Draw | undefined;
  outputs: readonly Output[];
}

/** Cohort draws are six bits: all that the reports of an epoch have in common beside what they say. */
const DRAWS = 64;

/** What latched metrics need of a client. A value, `latching`, so that an app without them bundles none of it. */
export interface Latching {
  /**
   * Makes of `state.latch` what can be used: the rest, and what was latched under another consent, is lost. Notes in the ledger
   * that the latest epoch's cohort draw is gone, if what is stored is not it.
   */
  open(state: State): void;
  /**
   * Whether this epoch of the metric was decided on already, by whatever declaration of its id: then it is latched or, if
   * the ledger refused it or what was stored is gone, silent.
   */
  isLatched(ledger: Ledger, metric: AnyDeviceMetric, start: number): boolean;
  /**
   * Says which ended periods of a metric stay open for the next tick. One step closes those of no other epoch than the earliest
   * in which a latched metric has a period to close, so that no batch holds two cohort draws.
   */
  waiting(
    registry: DeviceRegistry,
    state: State,
    mayClose: (metric: AnyDeviceMetric) => boolean,
  ): (metric: AnyDeviceMetric, start: number) => boolean;
  /**
   * Debits the report of a period, and of a latched metric also all that follow in its epoch, unless they were debited before.
   *
   * A latched metric that is refused is silent for the rest of its epoch: were it to try again, it would start later, when
   * fewer reports are left and cost less.
   */
  debit(ledger: Ledger, metric: AnyDeviceMetric, start: number, agreement: Agreement): ReturnType<typeof debit>;
  /**
   * The bytes of one report: an instantaneous randomization of what is stored. Where nothing was latched yet, the value
   * passes through the permanent step first. Called only once the epoch's debit is durable.
   *
   * @param value - undefined where the epoch had been paid for before: then nothing is latched any more
   * @returns undefined if what is stored is gone or of no use
   */
  report(
    state: State,
    metric: AnyDeviceMetric,
    start: number,
    value: Value | undefined,
    source: WordSource,
  ): Uint8Array | undefined;
  /** Erases what no epoch that goes on needs, and no period that still waits to be closed. */
  forget(state: State): void;
  /**
   * Takes out of `records` what can change no report: where an epoch is latched or silent, that something is reported is
   * kept, and no truth. The rest of what happens in it is forgotten at once.
   */
  forgetDecided(records: Records, ledger: Ledger): void;
}

/** What was stored for the epoch that the period starting on day `start` lies in. */
export function outputFor(latched: Latched | undefined, metric: AnyDeviceMetric, start: number): Output | undefined {
  const first = periodStart(start, metric.epoch);
  return latched?.outputs.find((output) => output.first === first && output.fingerprint === metric.fingerprint);
}

/** What can be read of it: each part is lost alone. Its epoch was paid for, and is never latched again. */
export function readable({ grants, draw, outputs }: Partial<Latched> = {}): Latched {
  return {
    grants: Number(grants),
    draw: isDraw(draw) ? draw : undefined,
    outputs: Array.isArray(outputs) ? outputs.filter(isOutput) : [],
  };
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

/**
 * Whether an epoch of so many days was decided on. One that overlaps another latched under another declaration counts as
 * latched: of no day are there two permanent answers. A metric that is latched no more needs no such silence: its fresh
 * reports are charged beside what the epoch cost.
 */
function isDecided({ metrics, drawn }: Ledger, id: string, epoch: number, start: number): boolean {
  const first = periodStart(start, epoch);
  if (first < (metrics[id]?.latchedUntil ?? 0)) return true;
  return !!drawn && first < drawn.until && (first !== drawn.first || first + epoch !== drawn.until);
}

export const latching: Latching = {
  open(state) {
    const { consent, ledger, latch } = state;
    const latched = readable(latch);
    if (latch && latched.grants === consent?.grants) state.latch = latched;
    else state.latch = undefined;
    const { drawn } = ledger;
    const draw = state.latch?.draw;
    if (drawn && (draw?.first !== drawn.first || draw.until !== drawn.until)) {
      ledger.drawn = { first: drawn.until, until: drawn.until };
    }
  },

  isLatched: (ledger, { id, epoch, period }, start) => epoch > period && isDecided(ledger, id, epoch, start),

  waiting({ wire }, { ledger, open }, mayClose) {
    const epochs = wire.flatMap((metric) => {
      const { id, epoch, period } = metric;
      if (epoch === period || !mayClose(metric)) return [];
      return (open.records[id] ?? [])
        .filter(
          ({ start, fingerprint }) =>
            fingerprint === metric.fingerprint && start + period <= ledger.highWater && !isClosed(ledger, id, start),
        )
        .map(({ start }) => periodStart(start, epoch));
    });
    const earliest = Math.min(...epochs);
    return ({ epoch, period }, start) => epoch > period && periodStart(start, epoch) !== earliest;
  },

  debit(ledger, metric, start, agreement) {
    const { id, period, epoch, microEpoch = [], params } = metric;
    const day = start + period - 1;
    const first = periodStart(start, epoch);
    const until = first + epoch;
    const isFresh = epoch === period;
    const isPaid = latching.isLatched(ledger, metric, start);
    const table = isFresh ? [params.microEpsilon] : isPaid ? [] : microEpoch.slice(0, (until - start) / period);
    const micro = table.at(-1) ?? 0;
    const charge: Charge = table.length > 1 ? [day, id, table, period] : [day, id, micro];
    const refused = debit(ledger, start, charge, micro, agreement, sumOfAll);
    if (isFresh || isPaid) return refused;
    accountOf(ledger, id).latchedUntil = until;
    if (!refused) ledger.drawn = { first, until };
    return refused;
  },

  report(state, metric, start, value, source) {
    const { id, fingerprint, randomizer, params, epoch } = metric;
    if (!('latch' in randomizer)) return undefined;
    if (value !== undefined) {
      state.latch ??= { grants: state.consent?.grants ?? 0, outputs: [] };
      const latched = state.latch;
      const first = periodStart(start, epoch);
      const until = first + epoch;
      if (latched.draw?.first !== first || latched.draw.until !== until) {
        latched.draw = { first, until, draw: uniformInt(source, DRAWS) };
      }
      const permanent = toBase64url(randomizer.latch(params, value, latched.draw.draw, source));
      latched.outputs = [...latched.outputs, { metric: id, fingerprint, first, until, permanent }];
    }
    const stored = outputFor(state.latch, metric, start);
    const permanent = stored && fromBase64url(stored.permanent);
    if (!permanent) return undefined;
    return randomizer.encode(params, randomizer.report(params, permanent, source));
  },

  forget(state) {
    const { records } = state.open;
    const isNeeded = ({ first, until }: Epoch, ids: readonly string[]): boolean =>
      state.ledger.highWater < until ||
      ids.some((id) => records[id]?.some(({ start }) => first <= start && start < until));
    if (!state.latch) return;
    const { grants, draw, outputs } = state.latch;
    const needed: Latched = {
      grants,
      // Whatever waits may be latched in that epoch yet, be it another version's.
      draw: draw && isNeeded(draw, Object.keys(records)) ? draw : undefined,
      outputs: outputs.filter((output) => isNeeded(output, [output.metric])),
    };
    state.latch = needed.draw || needed.outputs.length > 0 ? needed : undefined;
  },

  forgetDecided(records, ledger) {
    for (const id in records) {
      for (const record of records[id] ?? []) {
        if (!record.epoch || !isDecided(ledger, id, record.epoch, record.start)) continue;
        delete record.value;
        delete record.events;
      }
    }
  },
};
