import { known } from '../known.js';
import { policy } from '../policy.js';
import type { RapporParams } from './aggregates.js';
import type { Decoded, DecodedShare } from './decoded.js';
import type { CandidateMap } from './map.js';

export interface ReportedText {
  readonly text: string;
  readonly estimate: number;
  /** Null where nothing is known. */
  readonly standardError: number | null;
  readonly low: number;
  readonly high: number;
  readonly pValue: number;
  readonly detected: boolean;
  /** Texts that it cannot be told apart from: the estimate is that of all of them together. */
  readonly confusedWith?: readonly string[];
}

/** A share with its standard error; null where nothing is known. */
export interface ReportedShare {
  readonly value: number | null;
  readonly standardError: number | null;
}

/** What `dither-sim decode --json` prints. */
export interface DecodeReport {
  readonly command: 'decode';
  /** Arguments that make it again. */
  readonly arguments: readonly string[];
  readonly method: string;
  readonly params: RapporParams;
  readonly confidence: number;
  /** Reports. */
  readonly n: number;
  readonly candidates: number;
  readonly detected: number;
  /** Sum of the estimates of those detected. */
  readonly mass: number;
  /** Share of reports that have any text, and whose text is no candidate; where the method tells. */
  readonly withText?: ReportedShare;
  readonly unexplained?: ReportedShare;
  /** Root of the residual mean square over what noise alone would leave; where the method tells. */
  readonly misfit?: number;
  /** What makes the whole doubtful. */
  readonly warnings: readonly string[];
  /** In the order of the map. */
  readonly texts: readonly ReportedText[];
}

export interface DecodeReportOptions {
  readonly arguments: readonly string[];
  readonly method: string;
  readonly params: RapporParams;
  readonly map: CandidateMap;
  readonly decoded: Decoded;
}

export function decodeReport(options: DecodeReportOptions): DecodeReport {
  const { method, params, map, decoded } = options;
  const groups = new Map(decoded.confused.flatMap((group) => group.map((v) => [v, group] as const)));
  const { n, withText, unexplained, misfit } = decoded;
  const detected = decoded.texts.filter(({ isDetected }) => isDetected);
  const masses = new Map(decoded.texts.map((text, v) => [groups.get(v) ?? v, text]));
  return {
    command: 'decode',
    arguments: options.arguments,
    method,
    params,
    confidence: policy.confidence,
    n,
    candidates: map.texts.length,
    detected: detected.length,
    // A group is estimated as one: it counts once.
    mass: [...masses.values()].reduce((sum, { isDetected, value }) => sum + (isDetected ? value : 0), 0),
    ...(withText === undefined ? {} : { withText: share(withText) }),
    ...(unexplained === undefined ? {} : { unexplained: share(unexplained) }),
    ...(misfit === undefined ? {} : { misfit }),
    warnings: withText !== undefined && isNoShare(withText) ? ['the parameters do not fit the counts'] : [],
    texts: decoded.texts.map(({ value, standardError, low, high, pValue, isDetected }, v) => {
      const others = groups.get(v)?.filter((other) => other !== v);
      return {
        text: map.texts[v] as string,
        estimate: value,
        standardError: known(standardError),
        low,
        high,
        pValue,
        detected: isDetected,
        ...(others === undefined ? {} : { confusedWith: others.map((other) => map.texts[other] as string) }),
      };
    }),
  };
}

function share({ value, standardError }: DecodedShare): ReportedShare {
  return { value: known(value), standardError: known(standardError) };
}

/** Chance alone leads so far out of [0, 1] less than once in three million times. */
function isNoShare({ value, standardError }: DecodedShare): boolean {
  const margin = policy.doubtfulErrors * standardError;
  return value < -margin || value > 1 + margin;
}
