import { type Metric, periodStart } from '@dither/protocol';

/**
 * What a person really did, period by period: kept by the demo, apart from the SDK and by code of its own, so that
 * the truth does not come from what it is to check. Bounded by the metrics and their domains, not by the events.
 */
export class Diary {
  readonly #periods = new Map<string, { readonly end: number; value: number; readonly all: Set<number> | undefined }>();

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
    if (metric.aggregate === 'sum') held.value = Math.min(metric.domainSize - 1, held.value + value);
    else if (metric.aggregate === 'max') held.value = Math.max(held.value, value);
    else if (metric.aggregate === 'last') held.value = value;
  }

  /**
   * The value of the period that starts on day `window`.
   * @param chosen - where one event at random counts, the one the SDK has kept; it must be one of the events
   */
  value(metric: Metric, window: number, chosen: number | undefined): number {
    const held = this.#periods.get(`${metric.id} ${window}`);
    if (held === undefined) return metric.none;
    if (held.all === undefined) return held.value;
    if (chosen === undefined || !held.all.has(chosen)) {
      throw new Error(`${metric.id}: what is kept for the period is not one of its events`);
    }
    return chosen;
  }

  /** Forgets the periods that ended before `day`. */
  forget(day: number): void {
    for (const [key, { end }] of this.#periods) if (end <= day) this.#periods.delete(key);
  }
}
