import type { Metric, Registry } from '@dither/protocol';
import { SimError } from '../errors.js';
import { policy } from '../policy.js';
import { type PlainColumn, plainColumn } from './columns.js';
import { csvColumn, csvFields, withoutMark } from './csv.js';
import { type BadLine, NO_EVENT, readInput } from './event-lines.js';
import { badLineCount, type PopulationTable, populationTable } from './table.js';

/**
 * Reads a table with a line per installation and a column for each metric, named by the first line; an empty field is "no
 * event", and columns that no metric is called are passed over. Memory grows with the installations, a few bytes each.
 *
 * @param name - of the file, for messages
 * @throws SimError `events-header-invalid`, `events-empty`
 */
export async function readInstallations(
  name: string,
  lines: AsyncIterable<string> | Iterable<string>,
  registry: Registry,
  onBadLine: (line: BadLine) => void,
): Promise<PopulationTable> {
  const columns = registry.wire.map(plainColumn);
  const bad = badLineCount(onBadLine);
  let header: Header | undefined;
  let clients = 0;
  let line = 0;
  for await (const text of lines) {
    line++;
    if (header === undefined) {
      header = readHeader(name, text, registry);
      continue;
    }
    if (text === '') continue;
    const row = clients === policy.maxClients ? TOO_MANY : readRow(text, header, registry.wire);
    if ('reason' in row) {
      bad.leaveOut({ line, ...row });
      continue;
    }
    clients++;
    for (let i = 0; i < columns.length; i++) (columns[i] as PlainColumn).push(row[i]);
  }
  if (clients === 0) throw new SimError('events-empty', 'the file holds no line that can be used', { file: name });
  return populationTable(registry, columns, (it) => it.values(), { clients, badLines: bad.counts() });
}

type BadRow = Omit<BadLine, 'line'>;

const TOO_MANY: BadRow = { column: 1, reason: 'too-many-clients' };

interface Header {
  readonly fields: number;
  /** Which field each metric of `registry.wire` has. */
  readonly places: readonly number[];
}

function readHeader(name: string, line: string, registry: Registry): Header {
  const fields = csvFields(withoutMark(line)) ?? [];
  const places = registry.wire.map(({ id }) => fields.indexOf(id));
  const twice = registry.wire.find(({ id }, i) => fields.indexOf(id, (places[i] as number) + 1) > 0);
  if (twice !== undefined) {
    throw new SimError('events-header-invalid', `the first line names a column once; there are two of ${twice.id}`, {
      file: name,
      line: 1,
      column: csvColumn(line, fields.lastIndexOf(twice.id)),
    });
  }
  const missing = registry.wire.find((_, i) => places[i] === -1);
  if (missing !== undefined) {
    const expected = `the first line is client,metric,value, or names a column for each metric; there is none for ${missing.id}`;
    throw new SimError('events-header-invalid', expected, { file: name, line: 1, column: 1 });
  }
  return { fields: fields.length, places };
}

/** What each metric is told, undefined where nothing happened; or why the line is not used. */
function readRow(text: string, { fields, places }: Header, wire: readonly Metric[]): BadRow | readonly unknown[] {
  const found = csvFields(text);
  if (found === undefined) return { column: csvColumn(text, 0), reason: 'quotes' };
  if (found.length !== fields) return { column: csvColumn(text, fields), reason: 'columns' };
  const row = new Array<unknown>(wire.length);
  for (let i = 0; i < wire.length; i++) {
    const metric = wire[i] as Metric;
    const place = places[i] as number;
    const field = found[place] as string;
    if (field === '') continue;
    const input = readInput(metric, field);
    if (input === NO_EVENT) continue;
    if (input === undefined || metric.encode(input) === undefined) {
      return { column: csvColumn(text, place), reason: 'value-invalid' };
    }
    row[i] = input;
  }
  return row;
}
