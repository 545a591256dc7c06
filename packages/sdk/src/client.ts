import { type Bound, type Declarations, dayOf, periodStart } from '@dither/protocol';
import { emptyLedger } from './budget-ledger.js';
import { type ConsentStatus, coversAll } from './consent.js';
import type { Context } from './context.js';
import type { DropReason, Drops } from './diagnostics.js';
import { checkEndpoint } from './errors.js';
import { closingPermit } from './permit.js';
import type { Platform } from './platform/platform.js';
import { FLUSH_DELAY, TICK } from './policy.js';
import { combineInto, type Records, recordOf, sameOf } from './recorder.js';
import type { DeviceRegistry } from './registry.js';
import { isExpired, reportedMetrics } from './reported.js';
import { grantConsent, synchronize, withdrawConsent } from './session.js';
import { openStore, type State } from './state.js';
import { uploader } from './uploader.js';

export interface ClientOptions<D extends Declarations> {
  readonly registry: DeviceRegistry<D>;
  /** Origin of the server, such as `https://telemetry.example.org`. */
  readonly endpoint: string;
  readonly platform: Platform;
  /** Set in a private window: nothing is recorded, written or sent, and what is stored is left as it is. */
  readonly privateMode?: boolean;
  /** Tells each period's life in the console: opened, randomized, queued, sent, and every loss with its reason. No values. */
  readonly debug?: boolean;
}

/** What a client knows, for `inspect()` of `@dither/sdk/inspect`. */
export interface Snapshot {
  readonly registry: DeviceRegistry;
  readonly state: State;
  /** Metrics this installation reports in the periods open today. */
  readonly reporting: readonly string[];
  readonly drops: Drops;
}

/** The value a metric takes; a boolean and a count of one may be left out. */
type Input<D extends Declarations, Id extends keyof D> = Parameters<D[Id]['encode']>[0];
type ValueArguments<Value> = undefined extends Value ? [value?: Value] : [value: Value];

/** Ids of the metrics of a kind, or of one of several. */
export type MetricId<D extends Declarations, Kind extends string> = {
  [Id in keyof D]: D[Id] extends { readonly kind: Kind } ? Id : never;
}[keyof D] &
  string;

export interface Client<D extends Declarations> {
  /** Records one event. Never throws, never waits: what cannot be recorded is counted in `inspect().drops`. */
  record<Id extends keyof D & string>(id: Id, ...value: ValueArguments<Input<D, Id>>): void;
  /** Starts a stopwatch; the function it returns records the milliseconds since. */
  time(id: MetricId<D, 'timing'>): () => void;
  readonly consent: {
    /** `unknown` until storage has been read (`ready`) or the person has been asked. */
    readonly status: ConsentStatus;
    /**
     * Whether all that this registry declares was agreed to. False with status `granted` after an update that adds a
     * metric or raises a bound: what is new stays silent until the person is asked again.
     */
    readonly isCurrent: boolean;
    /** What to tell the person before asking: the sum over all metrics, in epsilon. */
    readonly bound: Bound;
    /**
     * The person agrees to what this registry declares.
     * @param options.despiteGpc - they were told that their Global Privacy Control signal says otherwise
     */
    grant(options?: { readonly despiteGpc?: boolean }): Promise<void>;
    /**
     * Erases pending values, queue, notes and what is stored for latched metrics; keeps what was spent, and until when
     * they are silent. Sent reports cannot be recalled.
     */
    withdraw(): Promise<void>;
    /** Calls `listener` whenever `status` or `isCurrent` may have changed, also by another tab; the result ends that. */
    subscribe(listener: () => void): () => void;
  };
  /** Resolves once storage has been read and ended periods have been closed. Never rejects. */
  readonly ready: Promise<void>;
  /** Writes what was recorded; call it when the app is hidden. Closes no period and sends nothing. */
  flush(): Promise<void>;
  /** The same in the instant of a crash: durable when it returns, where the platform can. */
  flushNow(): void;
  /** What is on this device, after writing what was recorded. Rejects if storage cannot be read. */
  snapshot(): Promise<Snapshot>;
  /** Writes what was recorded and ends this client. */
  stop(): Promise<void>;
}

/**
 * Creates the client of one app. Import it, create it, record: it loads, closes, randomizes and sends on its own.
 *
 * @example
 * const dither = createClient({ registry, endpoint: 'https://telemetry.example.org', platform });
 * dither.record('dark-mode');
 */
export function createClient<const D extends Declarations>(options: ClientOptions<D>): Client<D> {
  const { platform } = options;
  const registry = options.registry as unknown as DeviceRegistry;
  const { storage, clock, source } = platform;
  const endpoint = checkEndpoint(options.endpoint, source.isSeeded);
  const debug: Context['debug'] =
    options.debug === true ? (stage, of, more) => platform.debug?.('dither', stage, of, more ?? '') : undefined;
  const drops: Drops = {};
  const drop: Context['drop'] = (reason, metric) => {
    drops[reason] = (drops[reason] ?? 0) + 1;
    debug?.('dropped', metric ?? '', reason);
  };
  const store = openStore(platform, registry.app);
  const permit = closingPermit(platform, registry.app);
  const context: Context = { registry, platform, store, permit, drop, debug };

  /** Why nothing is recorded; undefined while it is, and while storage is still being read. */
  let silence: DropReason | undefined;
  let status: ConsentStatus = 'unknown';
  let isLoaded = false;
  let isCurrent = false;
  let isStopping = false;
  /** A crash note of this process may be waiting to be merged. */
  let hasNoted = false;
  /** The consent that is recorded under. */
  let grants: number | undefined;
  /** A withdrawal that storage has not taken yet. */
  let isWithdrawing = false;
  let lastWord: Promise<void> = Promise.resolve();
  let words = 0;
  let steps: Promise<void> = Promise.resolve();
  let pending: Records = {};
  /** As it was last read. */
  let ledger = emptyLedger();
  let latestDay = 0;
  let cancelFlush: (() => void) | undefined;
  let cancelTick: (() => void) | undefined;
  let cancelLate: (() => void) | undefined;
  let cancelHide: (() => void) | undefined;
  const listeners = new Set<() => void>();
  const uploads = uploader(context, endpoint, () => !!silence);

  if (options.privateMode) silence = 'private';
  else if (!storage.isDurable) silence = 'storage-failed';

  function record(id: string, value: unknown): void {
    let reason: DropReason | undefined;
    try {
      reason = silence ?? (isStopping ? 'stopped' : take(id, value));
    } catch {
      // A value that throws when it is read is not one of the metric's.
      reason = 'invalid-value';
    }
    if (reason) drop(reason, id);
  }

  function take(id: string, value: unknown): DropReason | undefined {
    const metric = registry.byId.get(id);
    if (!metric) return 'unknown-metric';
    const encoded = metric.encode(value);
    if (encoded === undefined) return 'invalid-value';
    // Once storage has been read, ticks alone move the day: neither an event nor a clock set back opens a period.
    if (!isLoaded) latestDay = Math.max(latestDay, dayOf(clock.wall()));
    const start = periodStart(latestDay, metric.period);
    if (isExpired(metric, latestDay)) return 'inactive';
    // Its answer is fixed: what happens now would only lie about.
    if (registry.latching?.isLatched(ledger, metric, start)) return undefined;
    const event = recordOf(metric, start, encoded);
    pending[id] ??= [];
    const own = sameOf(pending[id], event);
    if (own) combineInto(metric, own, event, source);
    else pending[id].push(event);
    cancelFlush ??= platform.schedule(FLUSH_DELAY, flush);
    return undefined;
  }

  function tell(): void {
    for (const listener of listeners) {
      try {
        listener();
      } catch (error) {
        // The app's own affair, and no reason for us to stop.
        debug?.('listener failed', String(error));
      }
    }
  }

  /** One step after the other: whoever waits for one that writes waits for those under way. */
  function step(isTick: boolean): Promise<void> {
    steps = steps.then(() => takeStep(isTick));
    return steps;
  }

  /** One locked step over what is kept; storage that fails costs what was pending, never an exception in the app. */
  async function takeStep(isTick: boolean): Promise<void> {
    if (silence && silence !== 'no-consent') return;
    const taken = { grants, records: pending };
    pending = {};
    hasNoted = false;
    try {
      await finishWithdrawal();
      adopt(await synchronize(context, taken, isTick));
    } catch {
      // What went wrong may be told by the platform's own tools; here it must not reach the app.
      drop('storage-failed');
    }
  }

  function adopt(state: State): void {
    // Read before the person withdrew.
    if (isWithdrawing) return;
    const { consent } = state;
    const before = `${status} ${isCurrent}`;
    isLoaded = true;
    ({ status } = state);
    isCurrent = status === 'granted' && !!consent?.agreement && coversAll(consent.agreement, registry);
    ({ ledger } = state);
    latestDay = Math.max(latestDay, ledger.highWater);
    if (!silence || silence === 'no-consent') silence = status === 'granted' ? undefined : 'no-consent';
    // Recorded before a withdrawal that another tab has carried out since.
    if (silence || (grants !== undefined && grants !== consent?.grants)) pending = {};
    grants = consent?.grants;
    // What was recorded while the step was under way, of an epoch that it latched, goes like the rest.
    registry.latching?.forgetDecided(pending, ledger);
    if (before !== `${status} ${isCurrent}`) tell();
  }

  async function finishWithdrawal(): Promise<void> {
    if (!isWithdrawing) return;
    await withdrawConsent(context);
    isWithdrawing = false;
  }

  /** What the person says counts in the order it was said, however storage takes it. */
  function inTurn(task: () => Promise<void> | undefined): Promise<void> {
    lastWord = lastWord.then(task);
    return lastWord;
  }

  async function grant(despiteGpc: boolean): Promise<void> {
    if (silence && silence !== 'no-consent') return;
    try {
      await finishWithdrawal();
      await grantConsent(context, despiteGpc);
    } catch {
      drop('storage-failed');
    }
    await step(true);
  }

  async function flush(): Promise<void> {
    cancelFlush?.();
    cancelFlush = undefined;
    await (!isLoaded || hasNoted || Object.keys(pending).length > 0 ? step(false) : steps);
  }

  function flushNow(): void {
    const { notes } = storage;
    if (silence || !isLoaded || Object.keys(pending).length === 0) return;
    try {
      if (notes) notes.append(JSON.stringify({ grants, records: pending }));
      else return void flush();
      hasNoted = true;
      pending = {};
    } catch {
      // The process is going down with an error of its own; ours would hide it.
      drop('storage-failed');
    }
  }

  async function send(): Promise<void> {
    if (!silence) await uploads.upload().catch(() => drop('storage-failed'));
  }

  function scheduleTick(): void {
    cancelTick = platform.schedule(TICK, async () => {
      scheduleTick();
      await step(true);
      await send();
    });
  }

  async function start(): Promise<void> {
    if (silence) return;
    scheduleTick();
    // A visit may end before the next tick.
    cancelLate = platform.schedule(uploads.begin(), send);
    // Whoever hides the app may end it: only what is already due is sent, first, so that it does not show whether there is
    // anything to write; and that is written in the same instant.
    cancelHide = platform.onHide?.(() => {
      void send();
      flushNow();
    });
    // Nothing is due yet: what fell due while the app was off waits for that delay, and the rest for its own time.
    await step(true);
  }

  return {
    record: (id, ...value) => record(id, value[0]),
    time(id) {
      const began = clock.monotonic();
      return () => record(id, clock.monotonic() - began);
    },
    consent: {
      get status() {
        return status;
      },
      get isCurrent() {
        return isCurrent;
      },
      bound: registry.bound,
      grant({ despiteGpc = false } = {}) {
        const word = ++words;
        // Taken back before it was carried out.
        return inTurn(() => (word === words ? grant(despiteGpc) : undefined));
      },
      withdraw() {
        if (silence === 'private' || !storage.isDurable) return lastWord;
        // From this moment on, whatever is still under way.
        words++;
        pending = {};
        status = 'denied';
        isCurrent = false;
        silence ??= 'no-consent';
        isWithdrawing = true;
        tell();
        // Where storage fails, each later step tries again before it does anything else.
        return inTurn(() => finishWithdrawal().catch(() => drop('storage-failed')));
      },
      subscribe(listener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },
    ready: start(),
    flush,
    flushNow,
    async snapshot() {
      // So that what was recorded, or noted in a crash, is seen where it is kept.
      await step(false);
      const state = await store.read();
      return { registry, state, reporting: reportedMetrics(registry, state).map(({ id }) => id), drops: { ...drops } };
    },
    async stop() {
      for (const cancel of [cancelTick, cancelLate, cancelHide]) cancel?.();
      isStopping = true;
      await flush();
      cancelFlush?.();
      silence = 'stopped';
    },
  };
}
