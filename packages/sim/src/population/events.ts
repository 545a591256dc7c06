import type { WordSource } from '@dither/mechanisms';
import type { Registry } from '@dither/protocol';
import { SimError } from '../errors.js';
import { policy } from '../policy.js';
import { column } from './columns.js';
import { type BadLine, readEventLines } from './event-lines.js';
import { badLineCount, type PopulationTable, populationTable } from './table.js';

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
): Promise<PopulationTable> {
  const columns = new Map(registry.wire.map((metric) => [metric.id, column(metric, source)]));
  const clients = new Map<string, number>();
  const bad = badLineCount(onBadLine);
  for await (const line of readEventLines(name, lines, registry)) {
    if ('reason' in line) {
      bad.leaveOut(line);
      continue;
    }
    const installation = clients.get(line.client) ?? clients.size;
    if (installation === policy.maxClients) {
      bad.leaveOut({ line: line.line, column: 1, reason: 'too-many-clients' });
      continue;
    }
    clients.set(line.client, installation);
    if (line.event !== undefined) columns.get(line.event.metric.id)?.add(installation, line.event.input);
  }
  const { size } = clients;
  if (size === 0) throw new SimError('events-empty', 'the file holds no line that can be used', { file: name });
  const counted = { clients: size, badLines: bad.counts() };
  return populationTable(registry, [...columns.values()], (it) => it.values(size), counted);
}
