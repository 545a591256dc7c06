import { dayOf, parseJson, periodStart } from '@dither/protocol';
import { isClosed } from './budget-ledger.js';
import { closePeriods } from './closer.js';
import { agreementTo, narrowed } from './consent.js';
import type { Debug, Drop } from './diagnostics.js';
import type { Pending } from './notes.js';
import type { Platform } from './platform/platform.js';
import { randomizePeriods } from './randomizer.js';
import { areRecords, combineInto, keepIn, type OpenRecord } from './recorder.js';
import type { DeviceRegistry } from './registry.js';
import { reportedMetrics, whyNotReported } from './reported.js';
import { nothingOpen, type State, type Store } from './state.js';

/** What a client does with what is kept. */
export interface Session {
  /**
   * Brings what is kept up to date: merges `pending` and crash notes into the open periods. A tick first moves time
   * forward, draws this budget window's metrics and marks the app as present in the periods it lies in; and then closes
   * the periods that have ended: debit, durably; then randomize; then keep what was latched; then queue.
   *
   * Only a tick does, since it comes by the clock alone: had an event opened or closed a period, that would show.
   *
   * @returns what is kept now
   */
  synchronize(pending: Pending, isTick: boolean): Promise<State>;
  /**
   * Writes down what the person said: that they agree to what this registry declares, or that they do not. Then the step
   * that follows erases everything but the ledger: the spent budget, and until when latched metrics are silent.
   *
   * @param granted - undefined if they do not
   */
  heed(granted?: { readonly despiteGpc?: boolean }): Promise<void>;
}

export function openSession(
  registry: DeviceRegistry,
  platform: Platform,
  store: Store,
  drop: Drop,
  debug: Debug,
): Session {
  const { app, latching } = registry;
  const { storage, closings, source } = platform;
  const { notes } = storage;

  /** What was recorded counts in periods that are open and of this version. */
  function merge(state: State, pending: Partial<Pending>): void {
    const { consent, open } = state;
    const { records, grants = consent?.grants } = pending;
    if (!areRecords(records)) drop('storage-failed');
    // What was recorded under another consent was erased by the withdrawal in between, in whatever tab.
    else if (grants !== consent?.grants) drop('no-consent');
    else {
      for (const id in records) {
        const metric = registry.byId.get(id);
        for (const record of records[id] as OpenRecord[]) {
          const isMerged =
            metric?.fingerprint === record.fingerprint && combineInto(open.records, metric, record, source);
          if (!isMerged) drop(whyNotReported(registry, state, metric) ?? 'period-closed', id);
        }
      }
    }
  }

  return {
    async synchronize(pending, isTick) {
      if (pending.grants === undefined) {
        // Before the person was asked nothing is written, not even a lock.
        const before = await store.read();
        if (before.status === 'unknown') return before;
      }
      return store.change(async (state, save) => {
        const { status, consent } = state;
        const noted = (await notes?.list()) ?? [];
        const names = noted.map(([name]) => name);
        if (status !== 'granted' || !consent?.agreement) {
          // From before a privacy signal, or noted in a late crash.
          erase(state);
        } else {
          const { ledger, open } = state;
          const { records } = open;
          latching?.open(state);
          if (isTick) {
            // By the clock alone, too: an event in a tab of a cheaper version must not lower what others may spend.
            consent.agreement = narrowed(consent.agreement, registry);
            // Forward, never back.
            ledger.highWater = Math.max(ledger.highWater, dayOf(platform.clock.wall()));
            registry.draw?.(ledger, registry.bound.windowDays, source);
            for (const metric of reportedMetrics(registry, state)) {
              // Its period is reported, whether anything happens or not.
              const start = periodStart(ledger.highWater, metric.period);
              if (isClosed(ledger, metric.id, start)) continue;
              if (keepIn(records, metric, start, source)) debug('opened', metric.id, start);
            }
          }
          for (const [name, text] of noted) {
            // One that does not say under which consent was under none.
            if (!open.merged.includes(name)) merge(state, { grants: 0, ...parseJson<Pending>(text) });
          }
          merge(state, pending);
          open.merged = names;
          const paid = isTick ? closePeriods(registry, platform, drop, state, consent.agreement) : [];
          latching?.forgetDecided(records, ledger);
          // The debit is durable before the first coin is tossed.
          await save();
          for (const { metric } of paid) closings.set(metric.id, (closings.get(metric.id) ?? 0) + 1);
          if (paid.length > 0) randomizePeriods(registry, platform, drop, debug, state, paid);
          if (latching) latching.forget(state);
          // Of an earlier version that had latched metrics: this one has no use for what they stored.
          else if (isTick) state.latch = undefined;
        }
        await save();
        await notes?.remove(names);
        return state;
      });
    },

    heed: (granted) =>
      store.change((state) => {
        const { status, consent } = state;
        // Who agrees again goes on with what is recorded and latched; who had withdrawn does not.
        const isNew = !!granted && status !== 'granted';
        if (isNew) erase(state);
        state.consent = {
          status: granted ? 'granted' : 'denied',
          app,
          grants: (consent?.grants ?? 0) + (isNew ? 1 : 0),
          agreement: granted && agreementTo(registry),
          despiteGpc: granted?.despiteGpc,
        };
      }),
  };
}

function erase(state: State): void {
  Object.assign(state, { latch: undefined, queue: [], open: nothingOpen(), off: {} });
}
