import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { problems, type Receipt, type RejectReason } from '@dither/protocol';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Clock } from '../clock.js';
import type { ServerProblemCode } from '../errors.js';
import { serverPolicy } from '../policy.js';
import type { Storage, StorageUsage } from '../storage/storage.js';

/**
 * How the server does, in Prometheus' format. Labels come from closed lists of ours: nothing that a client chooses, no
 * app, metric, path or address. On the way of a batch it costs a few additions: texts are made when somebody asks.
 */
export interface Telemetry {
  /** A batch that was counted by this request, and what became of its reports. */
  accepted(reports: number, rejected: NonNullable<Receipt['rejected']>): void;
  /** A batch that had been counted before. */
  duplicate(): void;
  refused(code: ServerProblemCode): void;
  /** A storage's commits, measured. */
  watched(storage: Pick<Storage, 'commit'>): Pick<Storage, 'commit'>;
  /** Whether the last watched commit that had to store something failed, some seconds ago at most. */
  isFailing(): boolean;
  readonly contentType: string;
  text(): Promise<string>;
  close(): void;
}

/** What a batch may be answered with; there from the start, so that what never happened shows as zero. */
const OUTCOMES = ['accepted', 'duplicate', ...Object.keys(problems), 'request-invalid', 'internal'];
const REASONS: readonly RejectReason[] = ['window-out-of-range', 'report-malformed', 'second-report'];

/** Asked when the text is made. */
export interface TelemetrySources {
  usage(): StorageUsage;
  /** Batches that wait for their commit. */
  pendingBytes(): number;
  readonly clock: Clock;
}

export function createTelemetry({ usage, pendingBytes, clock }: TelemetrySources): Telemetry {
  const registry = new Registry();
  const registers = [registry];
  const batches = tally(OUTCOMES);
  const reports = tally(['accepted', ...REASONS]);
  const lag = monitorEventLoopDelay({ resolution: 20 });
  lag.enable();
  /** When the last commit failed; undefined since one stored something. */
  let failed: number | undefined;

  counter('dither_batches_total', 'Requests with a batch, by what they were answered.', batches);
  counter('dither_reports_total', 'Reports of batches that were counted, by what became of them.', reports);
  gauge('dither_pending_bytes', 'Batches that wait for their commit, in bytes.', pendingBytes);
  gauge('dither_nonces', 'Nonces remembered.', () => usage().nonces);
  gauge('dither_nonce_memory_bytes', 'Memory of the nonces that are in memory.', () => usage().nonceBytes);
  gauge('dither_log_batches', 'Batches not yet folded into counters.', () => usage().logBatches);
  gauge('dither_disk_bytes', 'Size of the database.', () => usage().diskBytes);
  gauge('process_resident_memory_bytes', 'Memory of the process.', () => process.memoryUsage.rss());
  gauge('process_start_time_seconds', 'When the process began, since 1970.', () => performance.timeOrigin / 1000);
  gauge('nodejs_eventloop_lag_p99_seconds', 'Delay of the event loop since the last question, 99%.', () => {
    const p99 = lag.percentile(99) / 1e9;
    lag.reset();
    return p99;
  });
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'Processor time of the process.',
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1e6);
    },
  });
  const seconds = new Histogram({
    name: 'dither_commit_seconds',
    help: 'Time a commit took until it was durable, or failed.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers,
  });
  const sizes = new Histogram({
    name: 'dither_commit_batches',
    help: 'Batches of a commit.',
    buckets: [1, 4, 16, 64, 256, 1024],
    registers,
  });

  function counter(name: string, help: string, values: Map<string, number>): void {
    new Counter({
      name,
      help,
      labelNames: ['outcome'],
      registers,
      collect() {
        this.reset();
        for (const [outcome, n] of values) this.inc({ outcome }, n);
      },
    });
  }

  function gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  }

  return {
    accepted(n, rejected) {
      add(batches, 'accepted', 1);
      add(reports, 'accepted', n);
      for (const reason in rejected) add(reports, reason, rejected[reason as RejectReason] as number);
    },
    duplicate: () => add(batches, 'duplicate', 1),
    refused: (code) => add(batches, code, 1),
    watched: (watched) => ({
      async commit(group) {
        const start = performance.now();
        try {
          const outcomes = await watched.commit(group);
          // One of duplicates alone wrote nothing.
          if (outcomes.includes('accepted')) failed = undefined;
          return outcomes;
        } catch (error) {
          failed = clock.now();
          throw error;
        } finally {
          seconds.observe((performance.now() - start) / 1000);
          sizes.observe(group.length);
        }
      },
    }),
    isFailing: () => failed !== undefined && Math.abs(clock.now() - failed) < serverPolicy.commitFailureMilliseconds,
    contentType: registry.contentType,
    text: () => registry.metrics(),
    close() {
      lag.disable();
    },
  };
}

function tally(outcomes: readonly string[]): Map<string, number> {
  return new Map(outcomes.map((outcome) => [outcome, 0]));
}

function add(values: Map<string, number>, outcome: string, n: number): void {
  values.set(outcome, (values.get(outcome) ?? 0) + n);
}
