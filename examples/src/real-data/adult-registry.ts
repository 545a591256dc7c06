import { boolean, category, defineRegistry, quantity } from '@dither/sdk';
import { grr, oue, rr } from '@dither/sdk/mechanisms';
import { monthly } from './policy.js';

/** As the data set's own description lists them. */
export const OCCUPATIONS = [
  'Tech-support',
  'Craft-repair',
  'Other-service',
  'Sales',
  'Exec-managerial',
  'Prof-specialty',
  'Handlers-cleaners',
  'Machine-op-inspct',
  'Adm-clerical',
  'Farming-fishing',
  'Transport-moving',
  'Priv-house-serv',
  'Protective-serv',
  'Armed-Forces',
] as const;

export const MARITAL_STATUSES = [
  'Married-civ-spouse',
  'Divorced',
  'Never-married',
  'Separated',
  'Widowed',
  'Married-spouse-absent',
  'Married-AF-spouse',
] as const;

/** A survey that asks no one: four questions at epsilon 1 spend 4 of the default 8, so every installation answers all. */
export function adultRegistry(expectedClients: number) {
  return defineRegistry({
    app: 'org.example.survey',
    expectedClients,
    metrics: {
      occupation: category({
        ...monthly,
        description: 'Kind of work; none where it is not known.',
        purpose: 'See which kinds of work people do.',
        values: OCCUPATIONS,
        mechanism: oue, // 15 values with "none": above 3 e + 2 = 10.2
      }),
      'marital-status': category({
        ...monthly,
        description: 'Marital status.',
        purpose: 'See how people live.',
        values: MARITAL_STATUSES,
        mechanism: grr, // 8 values
      }),
      'hours-per-week': quantity({
        ...monthly,
        description: 'Hours worked in a usual week.',
        purpose: 'See how long people work.',
        unit: 'h',
        range: [0, 100],
        buckets: 10,
        aggregate: 'last',
        mechanism: oue, // 11 values
      }),
      'income-above-50k': boolean({
        ...monthly,
        description: 'Whether the income of the year is above 50,000 dollars.',
        purpose: 'See how many people earn well.',
        mechanism: rr,
      }),
    },
  });
}
