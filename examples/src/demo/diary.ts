import { type Metric, periodStart, type Value } from '@dither/protocol';

interface Page {
  readonly end: number;
  value: Value;
  /** The events, where one of them at random counts. */
  readonly all: Set<Value> | undefined;
}

/**
 * What a person really did, period by period: kept by the demo, apart from the SDK and by code of its own, so that
 * the truth does not come from what it is to check. Bounded by the metrics and their domains, not by the events.
 */
export class Diary {
  readonly #periods = new Map<string, Page>();
  readonly #epochs = new Map<string, { readonly end: number; readonly value: Value }>();

  note(metric: Metric, day: number, input: unknown): void {
    const value = metric.encode(input);
    if (value === undefined) return;
    const start = periodStart(day, metric.period);
    const key = `${metric.id} ${start}`;
    const held = this.#periods.get(key);
    if (held === undefined) {
      const all = metric.aggregate === 'random' ? new Set([value]) : undefined;
      this.#periods.set(key, { end: start + metric.period, value, all });
      return;
    }
    held.all?.add(value);
    if (metric.aggregate === 'last') held.value = value;
    if (typeof held.value === 'string' || typeof value === 'string') return;
    if (metric.aggregate === 'sum') held.value = Math.min(metric.domainSize - 1, held.value + value);
    else if (metric.aggregate === 'max') held.value = Math.max(held.value, value);
  }

  /**
   * What a report of the period that starts on day `window` is about: the period's value, or, of a latched metric, the
   * value of the first period reported in the epoch. To be asked in the order of the periods.
   *
   * @param chosen - where one event at random counts, the one the SDK has kept; it must be one of the events
   */
  reported(metric: Metric, window: number, chosen: Value | undefined): Value {
    if (metric.latch === undefined) return this.#value(metric, window, chosen);
    const start = periodStart(window, metric.epoch);
    const key = `${metric.id} ${start}`;
    const latched = this.#epochs.get(key) ?? {
      end: start + metric.epoch,
      value: this.#value(metric, window, chosen),
    };
    this.#epochs.set(key, latched);
    return latched.value;
  }

  #value(metric: Metric, window: number, chosen: Value | undefined): Value {
    const held = this.#periods.get(`${metric.id} ${window}`);
    if (held === undefined) return metric.none;
    if (held.all === undefined) return held.value;
    if (chosen === undefined || !held.all.has(chosen)) {
      throw new Error(`${metric.id}: what is kept for the period is not one of its events`);
    }
    return chosen;
  }

  /** Forgets the periods and epochs that ended before `day`. */
  forget(day: number): void {
    for (const pages of [this.#periods, this.#epochs]) {
      for (const [key, { end }] of pages) if (end <= day) pages.delete(key);
    }
  }
}
