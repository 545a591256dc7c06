import { type Bound, type Declarations, dayOf, type Metric, periodStart, type Registry } from '@dither/protocol';
import { EMPTY_LEDGER, isLatched } from './budget-ledger.js';
import { type ConsentStatus, coversAll } from './consent.js';
import { Diagnostics, type DropReason } from './diagnostics.js';
import { checkEndpoint, checkSeeded } from './errors.js';
import { type Inspection, inspectionOf } from './inspect.js';
import { withoutDecided } from './latch.js';
import type { Platform } from './platform/platform.js';
import { policy } from './policy.js';
import { emptyRecord, type OpenRecord, withRecord } from './recorder.js';
import { closingPermit, grantConsent, isExpired, reportedMetrics, synchronize, withdrawConsent } from './session.js';
import { type Kept, openStore } from './store.js';
import { uploader } from './uploader.js';

export interface ClientOptions<D extends Declarations> {
  readonly registry: Registry<D>;
  /** Origin of the server, such as `https://telemetry.example.org`. */
  readonly endpoint: string;
  readonly platform: Platform;
  /** Set in a private window: nothing is recorded, written or sent, and what is stored is left as it is. */
  readonly privateMode?: boolean;
}

/** The value a metric takes; a boolean and a count of one may be left out. */
type Input<D extends Declarations, Id extends keyof D> = Parameters<D[Id]['encode']>[0];
type ValueArguments<Value> = undefined extends Value ? [value?: Value] : [value: Value];

type IdOfKind<D extends Declarations, Kind extends string> = {
  [Id in keyof D]: D[Id] extends { readonly kind: Kind } ? Id : never;
}[keyof D] &
  string;

export interface Client<D extends Declarations> {
  /** Records one event. Never throws, never waits: what cannot be recorded is counted in `inspect().drops`. */
  record<Id extends keyof D & string>(id: Id, ...value: ValueArguments<Input<D, Id>>): void;
  /** Starts a stopwatch; the function it returns records the milliseconds since. */
  time(id: IdOfKind<D, 'timing'>): () => void;
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
  };
  /** Resolves once storage has been read and ended periods have been closed. Never rejects. */
  readonly ready: Promise<void>;
  /** Writes what was recorded; call it when the app is hidden. Closes no period and sends nothing. */
  flush(): Promise<void>;
  /** The same in the instant of a crash: durable when it returns, where the platform can. */
  flushNow(): void;
  inspect(): Promise<Inspection>;
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
  const endpoint = checkEndpoint(options.endpoint);
  const registry: Registry = options.registry as unknown as Registry;
  const diagnostics = new Diagnostics();
  checkSeeded(platform.source.isSeeded === true, endpoint);
  const store = openStore(platform, registry.app);
  const permit = closingPermit(platform, registry.app);
  const context = { registry, platform, store, diagnostics, permit };

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
  let pending: { [metric: string]: readonly OpenRecord[] } = {};
  /** As it was last read. */
  let ledger = EMPTY_LEDGER;
  let latestDay = 0;
  let cancelFlush: (() => void) | undefined;
  let cancelTick: (() => void) | undefined;
  let cancelLate: (() => void) | undefined;
  const uploads = uploader(context, endpoint, () => silence !== undefined);

  if (options.privateMode === true) silence = 'private';
  else if (!platform.storage.isDurable) silence = 'storage-failed';

  function record(id: string, value: unknown): void {
    try {
      const reason = silence ?? (isStopping ? 'stopped' : take(id, value));
      if (reason !== undefined) diagnostics.drop(reason);
    } catch {
      // A value that throws when it is read is not one of the metric's.
      diagnostics.drop('invalid-value');
    }
  }

  function take(id: string, value: unknown): DropReason | undefined {
    if (!Object.hasOwn(registry.metrics, id)) return 'unknown-metric';
    const metric = registry.metrics[id] as Metric;
    const encoded = metric.encode(value);
    if (encoded === undefined) return 'invalid-value';
    // Once storage has been read, ticks alone move the day: neither an event nor a clock set back opens a period.
    if (!isLoaded) latestDay = Math.max(latestDay, dayOf(platform.clock.wall()));
    const start = periodStart(latestDay, metric.period);
    if (isExpired(metric, latestDay)) return 'inactive';
    // Its answer is fixed: what happens now would only lie about.
    if (isLatched(ledger, metric, start)) return undefined;
    const event = { ...emptyRecord(metric, start), value: encoded };
    const before = pending[id];
    pending[id] = before === undefined ? [event] : withRecord(metric, before, event, platform.source);
    cancelFlush ??= platform.schedule(policy.flushDelay, flush);
    return undefined;
  }

  /** One locked step over what is kept; storage that fails costs what was pending, never an exception in the app. */
  async function step(isTick: boolean): Promise<void> {
    if (silence !== undefined && silence !== 'no-consent') return;
    const taken = { grants, records: pending };
    pending = {};
    hasNoted = false;
    try {
      await finishWithdrawal();
      adopt(await synchronize(context, taken, isTick));
    } catch {
      // What went wrong may be told by the platform's own tools; here it must not reach the app.
      diagnostics.drop('storage-failed');
    }
  }

  function adopt(kept: Kept): void {
    // Read before the person withdrew.
    if (isWithdrawing) return;
    isLoaded = true;
    status = kept.status;
    const agreement = kept.consent?.agreement;
    isCurrent = status === 'granted' && agreement !== undefined && coversAll(agreement, registry);
    ({ ledger } = kept);
    latestDay = Math.max(latestDay, ledger.highWater);
    // Recorded before a withdrawal that another tab has carried out since.
    if (grants !== undefined && grants !== kept.consent?.grants) pending = {};
    grants = kept.consent?.grants;
    if (silence === undefined || silence === 'no-consent') silence = status === 'granted' ? undefined : 'no-consent';
    // What was recorded while the step was under way, of an epoch that it latched, goes like the rest.
    pending = silence === undefined ? withoutDecided(pending, ledger) : {};
  }

  async function finishWithdrawal(): Promise<void> {
    if (!isWithdrawing) return;
    await withdrawConsent(context);
    isWithdrawing = false;
  }

  /** What the person says counts in the order it was said, however storage takes it. */
  function inTurn(task: () => Promise<void>): Promise<void> {
    lastWord = lastWord.then(task);
    return lastWord;
  }

  async function grant(despiteGpc: boolean): Promise<void> {
    if (silence === 'private' || silence === 'stopped') return;
    try {
      await finishWithdrawal();
      await grantConsent(context, despiteGpc);
    } catch {
      diagnostics.drop('storage-failed');
    }
    await step(true);
  }

  async function withdraw(): Promise<void> {
    isWithdrawing = true;
    // Where storage fails, each later step tries again before it does anything else.
    await finishWithdrawal().catch(() => diagnostics.drop('storage-failed'));
  }

  async function flush(): Promise<void> {
    cancelFlush?.();
    cancelFlush = undefined;
    if (!isLoaded || hasNoted || Object.keys(pending).length > 0) await step(false);
  }

  async function send(): Promise<void> {
    if (silence === undefined) await uploads.upload().catch(() => diagnostics.drop('storage-failed'));
  }

  async function tick(): Promise<void> {
    await step(true);
    await send();
  }

  function scheduleTick(): void {
    cancelTick = platform.schedule(policy.tick, async () => {
      scheduleTick();
      await tick();
    });
  }

  async function start(): Promise<void> {
    if (silence !== undefined) return;
    scheduleTick();
    // A visit may end before the next tick.
    cancelLate = platform.schedule(uploads.lateDelay, send);
    // Nothing is due yet: what fell due while the app was off waits for that delay, and the rest for its own time.
    await step(true);
  }

  return {
    record: (id, ...value) => record(id, value[0]),
    time(id) {
      const began = platform.clock.monotonic();
      return () => record(id, platform.clock.monotonic() - began);
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
        return inTurn(async () => (word === words ? grant(despiteGpc) : undefined));
      },
      withdraw() {
        if (silence === 'private') return Promise.resolve();
        // From this moment on, whatever is still under way.
        words++;
        pending = {};
        status = 'denied';
        isCurrent = false;
        silence ??= 'no-consent';
        isWithdrawing = true;
        return inTurn(withdraw);
      },
    },
    ready: start(),
    flush,
    flushNow() {
      const { notes } = platform.storage;
      if (silence !== undefined || !isLoaded || Object.keys(pending).length === 0) return;
      try {
        if (notes === undefined) void flush();
        else notes.append(JSON.stringify({ grants, records: pending }));
        hasNoted = true;
        pending = {};
      } catch {
        // The process is going down with an error of its own; ours would hide it.
        diagnostics.drop('storage-failed');
      }
    },
    async inspect() {
      // So that what was recorded, or noted in a crash, is seen where it is kept.
      await step(false);
      const kept = await store.read();
      const agreement = kept.consent?.agreement;
      const reporting = agreement === undefined ? [] : reportedMetrics(registry, kept.ledger, agreement);
      return inspectionOf(
        registry,
        kept,
        reporting.map((metric) => metric.id),
        diagnostics.drops,
      );
    },
    async stop() {
      cancelTick?.();
      cancelLate?.();
      isStopping = true;
      await flush();
      cancelFlush?.();
      silence = 'stopped';
    },
  };
}
