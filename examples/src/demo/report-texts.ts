import { isText, type MetricResult, type Value } from './results.js';

/** Rows of texts that were not found: the heaviest, of which the reader may wonder why. */
const MISSED_ROWS = 3;

/** What was found among the texts: rows to print, and what they come to. */
export interface Findings {
  readonly rows: readonly Value[];
  /** What is printed behind a row. */
  readonly marks: ReadonlyMap<Value, string>;
  readonly lines: readonly string[];
}

/** The rows worth a look, of what may be thousands: what was found, and the heaviest candidates that were not. */
export function findings(result: MetricResult): Findings {
  const { values } = result;
  const texts = values.filter(isText);
  const found = texts.filter(({ isDetected, isListed }) => isDetected || isListed);
  const missed = texts
    .filter((row) => !found.includes(row) && row.truth > 0)
    .sort((a, b) => b.truth - a.truth)
    .slice(0, MISSED_ROWS);
  return {
    rows: [...values.filter((row) => !isText(row)), ...found, ...missed],
    marks: new Map([
      ...found.map((row) => [row, row.isDetected ? 'detected' : 'listed'] as const),
      ...missed.map((row) => [row, 'not found'] as const),
    ]),
    lines: [...foundLines(result), ...limitLines(result)],
  };
}

function foundLines({ answer, shareOf }: MetricResult): readonly string[] {
  if (answer.answers !== 'texts') return [];
  const { candidates, detected, listed, familyWise, falseDiscovery } = answer.texts;
  const nobodys = (texts: readonly string[]): number => texts.filter((text) => shareOf(text) === 0).length;
  return [
    `  detected: ${whole(detected.length)} of ${whole(candidates?.tested ?? 0)} candidates, ${nobodys(detected)} of them held by nobody (a chance of ${familyWise} at most that any is)`,
    `  the longer list: ${whole(listed.length)}, ${nobodys(listed)} of them held by nobody (a share of ${falseDiscovery} at most, on average)`,
  ];
}

/** What can be seen at all, and whether it was. */
function limitLines({ answer, candidates, shareOf, recorded }: MetricResult): readonly string[] {
  if (answer.answers !== 'texts' || answer.texts.detectionLimit === null) return [];
  const { detected, detectionLimit: limit } = answer.texts;
  const at = `  at ${whole(answer.n)} reports and epsilon ${answer.epsilon.declared}`;
  if (limit >= 1) return [`${at} no text can be seen, whoever holds it`];
  const heavy = recorded.filter((text) => shareOf(text) >= limit);
  const seen = heavy.filter((text) => detected.includes(text));
  const unforeseen = heavy.filter((text) => !candidates.includes(text));
  return [
    `${at} a text must be held by about ${(100 * limit).toFixed(1)}% of them to be seen; most cannot be seen:`,
    `  of ${whole(recorded.length)} texts recorded, held by as many: ${heavy.length}; of these detected: ${seen.length}, no candidate: ${unforeseen.length}`,
  ];
}

function whole(n: number): string {
  return n.toLocaleString('en');
}
