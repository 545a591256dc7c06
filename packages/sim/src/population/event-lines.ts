import type { Metric, Registry } from '@dither/protocol';
import { SimError } from '../errors.js';
import { policy } from '../policy.js';
import { csvColumn, csvFields, csvNumber, withoutMark } from './csv.js';

/** Why a line of a file is left out. */
export const badLineReasons = Object.freeze({
  fields: 'a line has three fields: client, metric, value',
  columns: 'a line has a field for each column of the header',
  quotes: 'the quotes of a field do not match',
  'client-missing': 'the first field names the installation',
  'metric-unknown': 'the registry does not declare this metric',
  'value-invalid': 'the metric does not take this value',
  'too-many-clients': `a file holds at most ${policy.maxClients} installations`,
});

export type BadLineReason = keyof typeof badLineReasons;

/** A line that was left out. Its content is not repeated: it may be somebody's. */
export interface BadLine {
  readonly line: number;
  readonly column: number;
  readonly reason: BadLineReason;
}

/** A line that says something of an installation: an event, or only that it was there. */
export interface EventLine {
  readonly line: number;
  readonly client: string;
  /** `input` is what the metric's `encode`, and so the SDK's `record`, takes. */
  readonly event?: { readonly metric: Metric; readonly input: unknown };
}

/** Whether the first line of a file says that it holds events. */
export function isEventHeader(line: string): boolean {
  return csvFields(withoutMark(line))?.join() === 'client,metric,value';
}

/**
 * Reads `client,metric,value` line by line, each line either an event or a reason why it is not one. A line with a
 * client alone, or with a "no", stands for an installation on which nothing happened. Empty lines are passed over.
 *
 * @param name - of the file, for messages
 * @throws SimError `events-header-invalid`
 */
export async function* readEventLines(
  name: string,
  lines: AsyncIterable<string> | Iterable<string>,
  registry: Registry,
): AsyncGenerator<EventLine | BadLine> {
  let line = 0;
  for await (const text of lines) {
    line++;
    if (line === 1) checkHeader(name, text);
    else if (text !== '') yield readLine(line, text, registry);
  }
  if (line === 0) checkHeader(name, '');
}

function checkHeader(name: string, line: string): void {
  if (isEventHeader(line)) return;
  throw new SimError('events-header-invalid', 'the first line is client,metric,value', {
    file: name,
    line: 1,
    column: 1,
  });
}

function readLine(line: number, text: string, registry: Registry): EventLine | BadLine {
  const fields = csvFields(text);
  const bad = (reason: BadLineReason, field: number): BadLine => ({ line, column: csvColumn(text, field), reason });
  if (fields === undefined) return bad('quotes', 0);
  const [client = '', id = '', value = ''] = fields;
  if (fields.length !== 3) return bad('fields', 3);
  if (client === '') return bad('client-missing', 0);
  if (id === '' && value === '') return { line, client };
  const metric = Object.hasOwn(registry.metrics, id) ? registry.metrics[id] : undefined;
  if (metric === undefined) return bad('metric-unknown', 1);
  const input = readInput(metric, value);
  if (input === NO_EVENT) return { line, client };
  if (input === undefined || metric.encode(input) === undefined) return bad('value-invalid', 2);
  return { line, client, event: { metric, input } };
}

export const NO_EVENT = Symbol('no event');

/** What a text says: an input for `metric.encode`, that nothing happened, or undefined if neither. */
export function readInput(metric: Metric, text: string): string | number | true | typeof NO_EVENT | undefined {
  switch (metric.kind) {
    case 'boolean':
      if (['', 'true', 'yes', '1'].includes(text)) return true;
      return ['false', 'no', '0'].includes(text) ? NO_EVENT : undefined;
    case 'count':
      return text === '' ? 1 : csvNumber(text);
    case 'timing':
    case 'quantity':
      return csvNumber(text);
    default:
      return text;
  }
}
