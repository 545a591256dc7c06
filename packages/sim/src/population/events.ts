import type { WordSource } from '@dither/mechanisms';
import type { Registry } from '@dither/protocol';
import { SimError } from '../errors.js';
import { policy } from '../policy.js';
import { fileLines } from '../text-files.js';
import { type Column, column } from './columns.js';
import { type BadLine, type BadLineReason, readEventLines } from './event-lines.js';

export interface BadLines {
  readonly count: number;
  readonly byReason: Readonly<Partial<Record<BadLineReason, number>>>;
}

/** Events of one period, aggregated: a value per installation and metric. */
export interface EventTable {
  readonly clients: number;
  readonly lines: number;
  readonly badLines: BadLines;
  /** One per metric of `registry.wire`, in that order, by id. */
  readonly columns: ReadonlyMap<string, Column>;
}

export interface EventOptions {
  /** For metrics of which one event at random counts. */
  readonly source: WordSource;
  readonly onBadLine: (line: BadLine) => void;
}

/**
 * Aggregates the lines of {@link readEventLines}: memory grows with the installations, not with the file. All events
 * are taken as of one period.
 *
 * @param name - of the file, for messages
 * @throws SimError `events-header-invalid`, `events-empty`
 */
export async function readEvents(
  name: string,
  lines: AsyncIterable<string> | Iterable<string>,
  registry: Registry,
  { source, onBadLine }: EventOptions,
): Promise<EventTable> {
  const columns = new Map(registry.wire.map((metric) => [metric.id, column(metric, source)]));
  const clients = new Map<string, number>();
  const byReason: Partial<Record<BadLineReason, number>> = {};
  let count = 0;
  let last = 1;

  const leaveOut = (bad: BadLine): void => {
    count++;
    byReason[bad.reason] = (byReason[bad.reason] ?? 0) + 1;
    onBadLine(bad);
  };

  for await (const line of readEventLines(name, lines, registry)) {
    last = line.line;
    if ('reason' in line) {
      leaveOut(line);
      continue;
    }
    const installation = clients.get(line.client) ?? clients.size;
    if (installation === policy.maxClients) {
      leaveOut({ line: line.line, reason: 'too-many-clients' });
      continue;
    }
    clients.set(line.client, installation);
    if (line.event !== undefined) columns.get(line.event.metric.id)?.add(installation, line.event.input);
  }
  if (clients.size === 0) {
    throw new SimError('events-empty', 'the file holds no line that can be used', { file: name });
  }
  return {
    clients: clients.size,
    lines: last - 1,
    badLines: { count, byReason },
    columns,
  };
}

/** @throws SimError `file-unreadable`, and what `readEvents` throws */
export async function readEventsFile(path: string, registry: Registry, options: EventOptions): Promise<EventTable> {
  return readEvents(path, fileLines(path), registry, options);
}
