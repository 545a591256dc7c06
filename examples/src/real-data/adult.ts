import { adultRegistry, MARITAL_STATUSES, OCCUPATIONS } from './adult-registry.js';
import type { DataSet, RealEvent, Source } from './data-set.js';
import { RealDataError } from './errors.js';

/** Fields of a line, and where those that are used stand. */
const FIELDS = 15;
const [MARITAL_STATUS, OCCUPATION, HOURS, INCOME] = [5, 6, 12, 14];
const MISSING = '?';

/**
 * The Adult census extract: each person is an installation. No header; fields are separated by a comma and a space;
 * `?` is missing, which is no event. Empty lines, such as the last one of the published file, are passed over.
 *
 * @throws RealDataError `argument-invalid`, `fields-invalid`, `value-unknown`, `number-invalid`, `empty`
 */
export function convertAdult({ file, text }: Source, clients: number | undefined): DataSet {
  if (clients !== undefined) {
    throw new RealDataError('argument-invalid', '--clients does not go with adult: each person is one installation');
  }
  const events: RealEvent[] = [];
  let people = 0;
  text.split('\n').forEach((line, i) => {
    if (line.trim() === '') return;
    events.push(...eventsOf(line, `person-${++people}`, { file, at: i + 1 }));
  });
  if (people === 0) throw new RealDataError('empty', 'expected one line per person', { file });
  return { registry: adultRegistry(people), clients: people, events };
}

function eventsOf(line: string, client: string, place: { file: string; at: number }): readonly RealEvent[] {
  const fields = line.split(',').map((field) => field.trim());
  if (fields.length !== FIELDS) {
    throw new RealDataError('fields-invalid', `a line has ${FIELDS} fields, separated by commas`, place);
  }
  const field = (index: number | undefined): string => fields[index ?? -1] ?? '';
  const oneOf = (index: number | undefined, allowed: readonly string[], name: string): string => {
    const value = field(index);
    if (value !== MISSING && !allowed.includes(value)) {
      throw new RealDataError('value-unknown', `${name} is ${MISSING} or one of ${allowed.join(', ')}`, place);
    }
    return value;
  };
  const hours = field(HOURS);
  if (hours !== MISSING && !/^\d{1,3}$/.test(hours)) {
    throw new RealDataError('number-invalid', `hours-per-week is ${MISSING} or a whole number`, place);
  }
  const income = oneOf(INCOME, ['<=50K', '>50K'], 'income');
  const events = [
    { client, metric: 'occupation', value: oneOf(OCCUPATION, OCCUPATIONS, 'occupation') },
    { client, metric: 'marital-status', value: oneOf(MARITAL_STATUS, MARITAL_STATUSES, 'marital-status') },
    { client, metric: 'hours-per-week', value: hours },
    { client, metric: 'income-above-50k', value: income === MISSING ? MISSING : income === '>50K' ? 'yes' : 'no' },
  ].filter(({ value }) => value !== MISSING);
  // Who answers nothing is an installation all the same.
  return events.length > 0 ? events : [{ client, metric: '', value: '' }];
}
