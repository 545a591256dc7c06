import { uniformInt } from '@dither/mechanisms';
import { type Bound, type Declarations, dayOf, periodStart } from '@dither/protocol';
import type { Ledger } from './budget-ledger.js';
import { type ConsentStatus, coversAll } from './consent.js';
import type { Debug, Drop, DropReason, Drops } from './diagnostics.js';
import { checkEndpoint } from './errors.js';
import type { Platform } from './platform/platform.js';
import { webPlatform } from './platform/web.js';
import { FLUSH_DELAY, LATE_DELAY, TICK } from './policy.js';
import { keepIn, type Records } from './recorder.js';
import type { DeviceRegistry } from './registry.js';
import { isExpired } from './reported.js';
import { openSession } from './session.js';
import { openStore, type State } from './state.js';
import { uploader } from './uploader.js';

export interface ClientOptions<D extends Declarations> {
  readonly registry: DeviceRegistry<D>;
  /** Origin of the server, such as `https://telemetry.example.org`. */
  readonly endpoint: string;
  /** The app's write key, if its server asks for one; the same for every installation. */
  readonly writeKey?: `dwk_${string}` | undefined;
  /** `webPlatform(app)` unless told: what a browser, a worker or a runtime like them has. */
  readonly platform?: Platform;
  /** Set in a private window: nothing is recorded, written or sent, and what is stored is left as it is. */
  readonly privateMode?: boolean;
  /** Tells each period's life in the console: opened, randomized, queued, sent, and every loss with its reason. No values. */
  readonly debug?: boolean;
}

/** What a client knows, for `inspect()` of `@dither/sdk/inspect`. */
export interface Snapshot {
  readonly registry: DeviceRegistry;
  readonly state: State;
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
     * @param options.despiteGpc - they were told that their Global Privacy Control signal says otherwise; counts where the
     * registry declares `gpc: 'explicit-grant'`
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
 * Creates the client of one app. Import it, create it, record: it loads, closes, randomizes and sends on its own. Where the
 * platform has no durable storage, as while a server renders a page, the client is silent and does nothing.
 *
 * @example
 * const dither = createClient({ registry, endpoint: 'https://telemetry.example.org' });
 * dither.record('dark-mode');
 * @throws ClientError `endpoint-invalid`, `seeded-source-not-on-loopback`
 */
export function createClient<const D extends Declarations>(options: ClientOptions<D>): Client<D> {
  const registry = options.registry as unknown as DeviceRegistry;
  const platform = options.platform ?? webPlatform(registry.app);
  const { storage, clock, source } = platform;
  const endpoint = checkEndpoint(options.endpoint, source.isSeeded);
  const drops: Drops = {};
  const debug: Debug = (stage, of, more = '') => {
    if (options.debug) platform.debug?.('dither', stage, of, more);
  };
  const drop: Drop = (reason, metric = '') => {
    drops[reason] = (drops[reason] ?? 0) + 1;
    debug('dropped', metric, reason);
  };
  const store = openStore(platform, registry);
  const { synchronize, heed } = openSession(registry, platform, store, drop, debug);

  /** Why this client never does anything. */
  const off: DropReason | undefined = options.privateMode
    ? 'private'
    : storage.isDurable
      ? undefined
      : 'storage-failed';
  /** Why nothing is recorded; undefined while it is, and while storage is still being read. */
  let silence: DropReason | undefined = off;
  let status: ConsentStatus = 'unknown';
  let isCurrent = false;
  /** The consent that is recorded under; undefined until storage was read. */
  let grants: number | undefined;
  /** A withdrawal that storage has not taken yet. */
  let isWithdrawing = false;
  /** A consent that storage was not told yet. */
  let granting: { readonly despiteGpc?: boolean } | undefined;
  let turns: Promise<void> = Promise.resolve();
  let pending: Records = {};
  /** As it was last read. */
  let ledger: Ledger | undefined;
  let hasTicked = false;
  let cancelFlush: (() => void) | undefined;
  let cancelTick: (() => void) | undefined;
  let cancelHide: (() => void) | undefined;
  const listeners = new Set<() => void>();
  const upload = uploader(registry, platform, store, drop, debug, endpoint, options.writeKey, () => !!silence);

  function record(id: string, value?: unknown): void {
    try {
      const reason = silence ?? take(id, value);
      if (reason) drop(reason, id);
    } catch {
      // A value that throws when it is read is not one of the metric's.
      drop('invalid-value', id);
    }
  }

  function take(id: string, value: unknown): DropReason | undefined {
    const metric = registry.byId.get(id);
    if (!metric) return 'unknown-metric';
    const encoded = metric.encode(value);
    if (encoded === undefined) return 'invalid-value';
    // Once storage has been read, ticks alone move the day: neither an event nor a clock set back opens a period.
    const day = ledger?.highWater ?? dayOf(clock.wall());
    if (isExpired(metric, day)) return 'inactive';
    const start = periodStart(day, metric.period);
    // Its answer is fixed: what happens now would only lie about.
    if (ledger && registry.latching?.isLatched(ledger, metric, start)) return undefined;
    keepIn(pending, metric, start, source, encoded);
    cancelFlush ??= platform.schedule(FLUSH_DELAY, flush);
    return undefined;
  }

  function tell(): void {
    for (const listener of listeners) {
      try {
        listener();
      } catch (error) {
        // The app's own affair, and no reason for us to stop.
        debug('listener failed', String(error));
      }
    }
  }

  /**
   * Tells storage what the person said, and takes one locked step over what is kept. One after the other, so that whoever waits
   * for one waits for those under way. Storage that fails costs what was pending, never an exception in the app: the platform's
   * own tools may tell what went wrong.
   */
  function step(isTick: boolean): Promise<void> {
    if (!off) turns = turns.then(() => takeStep(isTick)).catch(() => drop('storage-failed'));
    return turns;
  }

  async function takeStep(isTick: boolean): Promise<void> {
    const taken = { grants, records: pending };
    pending = {};
    // Where storage fails, the next step tries again before it does anything else.
    if (isWithdrawing) await heed();
    isWithdrawing = false;
    const granted = granting;
    granting = undefined;
    if (granted) await heed(granted);
    adopt(await synchronize(taken, isTick));
  }

  function adopt(state: State): void {
    // Read before the person withdrew.
    if (isWithdrawing) return;
    const { consent } = state;
    const before = `${status} ${isCurrent}`;
    ({ status } = state);
    ({ ledger } = state);
    isCurrent = status === 'granted' && !!consent?.agreement && coversAll(consent.agreement, registry);
    if (silence !== 'stopped') silence = status === 'granted' ? undefined : 'no-consent';
    // Recorded before a withdrawal that another tab has carried out since.
    if (status !== 'granted' || (grants ?? consent?.grants) !== consent?.grants) pending = {};
    grants = consent?.grants;
    // What was recorded while the step was under way, of an epoch that it latched, goes like the rest.
    registry.latching?.forgetDecided(pending, ledger);
    if (before !== `${status} ${isCurrent}`) tell();
  }

  function flush(): Promise<void> {
    cancelFlush?.();
    cancelFlush = undefined;
    return step(false);
  }

  function flushNow(): void {
    if (silence || grants === undefined || Object.keys(pending).length === 0) return;
    if (!storage.notes) return void flush();
    try {
      storage.notes.append(JSON.stringify({ grants, records: pending }));
      pending = {};
    } catch {
      // The process is going down with an error of its own; ours would hide it.
      drop('storage-failed');
    }
  }

  async function send(): Promise<void> {
    if (!silence) await upload().catch(() => drop('storage-failed'));
  }

  function scheduleTick(delay: number): void {
    cancelTick = platform.schedule(delay, async () => {
      hasTicked = true;
      scheduleTick(TICK);
      await step(true);
      await send();
    });
  }

  async function start(): Promise<void> {
    if (silence) return;
    // What fell due while the app was off leaves then: not the moment the app is opened, nor too late for a short visit.
    scheduleTick(uniformInt(source, LATE_DELAY));
    // Whoever hides the app may end it: only what is already due is sent, first, so that it does not show whether there is
    // anything to write; and that is written in the same instant.
    cancelHide = platform.onHide?.(() => {
      if (hasTicked) void send();
      flushNow();
    });
    await step(true);
  }

  return {
    record,
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
      grant(how = {}) {
        if (silence === 'stopped') return turns;
        granting = how;
        return step(true);
      },
      withdraw() {
        if (off) return turns;
        // From this moment on, whatever is still under way.
        granting = undefined;
        pending = {};
        status = 'denied';
        isCurrent = false;
        silence ??= 'no-consent';
        isWithdrawing = true;
        tell();
        return step(false);
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
      return { registry, state: await store.read(), drops: { ...drops } };
    },
    async stop() {
      cancelTick?.();
      cancelHide?.();
      silence = 'stopped';
      await flush();
    },
  };
}
