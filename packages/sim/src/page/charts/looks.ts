import type { LineChart } from '../page.js';

/** How one series is told from the others. */
export interface Look {
  /** Its colour, form and dash. */
  readonly index: number;
  /** Whether its name is in the picture: once for those that look the same. */
  readonly isNamed: boolean;
  /** Whether its marks are left to points that belong to it. */
  readonly isBare: boolean;
}

/** One for each series, in their order. */
export function looksOf(series: LineChart['series']): readonly Look[] {
  const labels = new Set(series.map(({ label }) => label));
  const isOwn = ({ label, of }: LineChart['series'][number]): boolean =>
    of === undefined || of === label || !labels.has(of);
  const own = series.filter(isOwn).map(({ label }) => label);
  return series.map((one) => ({
    index: Math.max(0, own.indexOf(isOwn(one) ? one.label : (one.of ?? ''))),
    isNamed: isOwn(one),
    isBare: series.some(({ of, shape, label }) => of === one.label && label !== of && shape === 'points'),
  }));
}
