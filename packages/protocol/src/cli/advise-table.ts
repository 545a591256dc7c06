import type { Advice, Question } from '@dither/mechanisms/advise';
import { type Advised, clearlyBetter, percentLess } from './advice.js';
import { formatNumber, formatShare, formatTable } from './format.js';

/** Rows shown, and that of what is declared. */
const SHOWN = 12;

/** Errors no further apart than this are the same to a reader. */
const ALIKE = 1.01;

/** What the error is of. */
const OF: { readonly [question in Question]: string } = {
  shares: 'of a share, over all values, each as frequent',
  mean: 'of the mean, at counts spread evenly',
  quantiles: 'of the median and the 75th percentile, in buckets',
  texts: 'of the share of a rare text',
};

export function renderAdvised(advised: Advised): string {
  const { metric, question, epsilon, n, ranking, declared } = advised;
  const head = `${metric}, epsilon ${epsilon}, ${formatNumber(Math.round(n))} installations; standard error ${OF[question]}`;
  if (ranking.length === 0) return `${head}\n  Nothing answers this.`;
  const shown = ranking.filter((advice, place) => place < SHOWN || advice === declared);
  const rows = shown.map((advice) => row(advice, question, advice === declared));
  const hidden = ranking.length - shown.length;
  return [
    head,
    formatTable([['  ', 'mechanism', 'bytes', 'counters', 'standard error', 'smallest seen', 'why'], ...rows]),
    ...(hidden === 0 ? [] : [`  and ${hidden} more`]),
    ...(declared === undefined ? [] : [`  ${verdict(ranking, declared)}`]),
  ].join('\n');
}

function row(advice: Advice, question: Question, isDeclared: boolean): string[] {
  const { reportBytes, counters, standardError, detectionLimit, reason } = advice;
  const isShare = question === 'shares' || question === 'texts';
  const error = isShare ? `${formatNumber(100 * standardError)} points` : formatNumber(standardError);
  return [
    isDeclared ? ' *' : '',
    nameOf(advice),
    formatNumber(reportBytes),
    formatNumber(counters),
    error,
    seen(detectionLimit, isShare),
    reason,
  ];
}

function seen(limit: number | undefined, isShare: boolean): string {
  if (limit === undefined) return '';
  if (!isShare) return formatNumber(limit);
  return limit >= 1 ? 'nothing' : formatShare(limit);
}

/** With what else is to be declared. */
function nameOf({ mechanism, options: { bits, hashes, epsilonInfinity } }: Advice): string {
  const filter = bits === undefined ? '' : ` of ${bits} bits, ${hashes} hash${hashes === 1 ? '' : 'es'}`;
  return `${mechanism}${filter}${epsilonInfinity === undefined ? '' : ` (epsilonInfinity ${epsilonInfinity})`}`;
}

function verdict(ranking: readonly Advice[], declared: Advice): string {
  const [first = declared] = ranking;
  const own = `${nameOf(declared)}, which is declared (*)`;
  if (first === declared) return `${own}, is the best.`;
  if (!declared.isAffordable) return `${own}, takes more bytes than that.`;
  const better = clearlyBetter(ranking, declared);
  if (better !== undefined)
    return `${nameOf(better.advice)} would have ${percentLess(better.ratio)} error than ${own}.`;
  const narrower = clearlyBetter(ranking, { ...declared, also: [] });
  if (narrower !== undefined) {
    const less = `${nameOf(narrower.advice)} would have ${percentLess(narrower.ratio)} error than ${own}`;
    return `${less}, but would not tell: ${declared.also.join(', ')}.`;
  }
  if (first.reportBytes < declared.reportBytes && first.standardError <= ALIKE * declared.standardError) {
    return `${nameOf(first)} does as well as ${own}, in ${first.reportBytes} byte(s) in place of ${declared.reportBytes}.`;
  }
  return `Nothing is clearly better than ${own}.`;
}
