import { dayOf, periodStart } from '@dither/protocol';
import { isClosed, type Ledger } from './budget-ledger.js';
import { closePeriods } from './closer.js';
import { agreementTo, narrowed } from './consent.js';
import type { Context } from './context.js';
import type { Pending } from './notes.js';
import { randomizePeriods } from './randomizer.js';
import { combineInto, recordOf, sameOf } from './recorder.js';
import { reportedMetrics, whyNotReported } from './reported.js';
import { ALL_BUT_LEDGER, ALL_BUT_QUEUE, nothingOpen, type State } from './state.js';

/**
 * Brings what is kept up to date: merges `pending` and crash notes into the open periods. A tick first moves time
 * forward, draws this budget window's metrics and marks the app as present in the periods it lies in; and then closes
 * the periods that have ended: debit, durably; then randomize; then keep what was latched; then queue.
 *
 * Only a tick does, since it comes by the clock alone: had an event opened or closed a period, that would show.
 *
 * @returns what is kept now
 */
export async function synchronize(context: Context, pending: Pending, isTick: boolean): Promise<State> {
  const { registry, platform, store, permit, drop, debug } = context;
  const { latching, byId } = registry;
  const { notes } = platform.storage;
  if (pending.grants === undefined) {
    // Before the person was asked nothing is written, not even a lock.
    const before = await store.read();
    if (before.status === 'unknown') return before;
  }
  return store.change(
    async (state, save) => {
      const { status, consent, ledger, open } = state;
      const { records } = open;
      const noted = (await notes?.list()) ?? [];
      if (status !== 'granted' || !consent?.agreement) {
        // From before a privacy signal, or noted in a late crash.
        erase(state);
      } else {
        // By the clock alone, too: an event in a tab of a cheaper version must not lower what others may spend.
        const agreement = isTick ? narrowed(consent.agreement, registry) : consent.agreement;
        consent.agreement = agreement;
        latching?.open(state);
        if (isTick) {
          moveForward(context, ledger);
          for (const metric of reportedMetrics(registry, state)) {
            // Its period is reported, whether anything happens or not.
            const present = recordOf(metric, periodStart(ledger.highWater, metric.period));
            const { id } = metric;
            if (isClosed(ledger, id, present.start) || sameOf(records[id], present)) continue;
            records[id] = [...(records[id] ?? []), present];
            debug?.('opened', id, present.start);
          }
        }
        for (const [name, note] of [...noted, ['', pending] as const]) {
          if (open.merged.includes(name)) continue;
          // What was recorded under another consent was erased by the withdrawal in between, in whatever tab.
          const { grants = consent.grants, records: more }: Partial<Pending> = note ?? {};
          if (!note || grants !== consent.grants) drop(note ? 'no-consent' : 'storage-failed');
          else {
            for (const id in more) {
              const metric = byId.get(id);
              for (const record of more?.[id] ?? []) {
                const own = metric?.fingerprint === record.fingerprint && sameOf(records[id], record);
                if (own) combineInto(metric, own, record, platform.source);
                else drop(whyNotReported(registry, state, metric) ?? 'period-closed', id);
              }
            }
          }
        }
        open.merged = noted.map(([name]) => name);
        const closed = isTick ? closePeriods(context, state, agreement) : [];
        latching?.forgetDecided(records, ledger);
        // The debit is durable before the first coin is tossed.
        await save();
        for (const { metric } of closed) permit.note(metric);
        randomizePeriods(
          context,
          state,
          closed.filter(({ refused }) => !refused),
        );
        if (latching) latching.forget(state);
        // Of an earlier version that had latched metrics: this one has no use for what they stored.
        else if (isTick) state.latch = undefined;
      }
      await save();
      if (noted.length > 0) await notes?.remove(noted.map(([name]) => name));
      return state;
    },
    isTick ? undefined : ALL_BUT_QUEUE,
  );
}

/** Moves time forward, never back; and draws the metrics of the budget window that today lies in, before any value is read. */
function moveForward({ registry, platform }: Context, ledger: Ledger): void {
  ledger.highWater = Math.max(ledger.highWater, dayOf(platform.clock.wall()));
  const window = periodStart(ledger.highWater, registry.bound.windowDays);
  if (registry.draw && ledger.draw.window !== window) {
    ledger.draw = { window, metrics: registry.draw(platform.source) };
  }
}

function erase(state: State): void {
  Object.assign(state, { latch: undefined, queue: [], open: nothingOpen(), off: {} });
}

/** Records consent for what this registry declares. */
export function grantConsent({ registry, store }: Context, despiteGpc: boolean): Promise<void> {
  const { app } = registry;
  return store.change((state) => {
    const grants = state.consent?.grants ?? 0;
    // Who agrees again goes on with what is latched; who had withdrawn does not.
    if (state.latch?.grants === grants && state.status === 'granted') state.latch.grants = grants + 1;
    state.consent = {
      status: 'granted',
      app,
      grants: grants + 1,
      agreement: agreementTo(registry),
      ...(despiteGpc && { despiteGpc }),
    };
  });
}

/** Erases everything but the ledger: the spent budget, and until when latched metrics are silent. */
export function withdrawConsent({ registry: { app }, platform, store }: Context): Promise<void> {
  const { notes } = platform.storage;
  return store.change(async (state, save) => {
    state.consent = { status: 'denied', app, grants: state.consent?.grants ?? 0 };
    erase(state);
    await save();
    await notes?.remove((await notes.list()).map(([name]) => name));
  }, ALL_BUT_LEDGER);
}
