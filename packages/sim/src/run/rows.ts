import { policy } from '../policy.js';
import type { ReportedMetric, ReportedValue } from './report.js';

/** The values of a metric that a table shows, and what it says of the others. */
export interface Rows {
  readonly shown: readonly ReportedValue[];
  readonly left: string | undefined;
}

export function rowsOf({ values, detections }: ReportedMetric): Rows {
  if (detections !== undefined) return textRows(values);
  const isGroup = ({ quantity }: ReportedValue): boolean => quantity === 'histogram';
  if (!values.some(isGroup)) {
    const shown = [...values].sort(byTruth).slice(0, policy.tableRows);
    return rows(shown, values.length - shown.length, 'rarer values');
  }
  const common = [...values].filter(isGroup).sort(byTruth).slice(0, policy.tableRows);
  // In the order of their amounts: a picture of the distribution.
  const shown = values.filter((it) => !isGroup(it) || common.includes(it));
  return rows(shown, values.length - shown.length, 'rarer groups');
}

/** The most common candidates, then those detected beside them, then what is said of all texts together. */
function textRows(values: readonly ReportedValue[]): Rows {
  const candidates = values.filter(({ detection }) => detection !== undefined).sort(byTruth);
  const common = candidates.slice(0, policy.tableTexts);
  const others = candidates
    .slice(policy.tableTexts)
    .filter(({ detection }) => detection?.isDetected)
    .sort((a, b) => (b.estimate ?? 0) - (a.estimate ?? 0))
    .slice(0, policy.tableTexts);
  const sums = values.filter(({ detection }) => detection === undefined);
  return rows([...common, ...others, ...sums], candidates.length - common.length - others.length, 'further candidates');
}

function rows(shown: readonly ReportedValue[], left: number, what: string): Rows {
  return { shown, left: left === 0 ? undefined : `and ${left.toLocaleString('en')} ${what}: --json has all` };
}

/** Shares by size, with what is no share after them. */
function byTruth(a: ReportedValue, b: ReportedValue): number {
  return Number(b.isShare) - Number(a.isShare) || (b.truth ?? 0) - (a.truth ?? 0);
}
