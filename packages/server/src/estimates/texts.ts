import { type Estimate, normalQuantile, type State } from '@dither/mechanisms';
import { ProblemError } from '../errors.js';
import type { TextSeries } from '../ingest/served-registry.js';
import { serverPolicy } from '../policy.js';
import type { EstimateQuery } from '../schemas/query.js';
import type { CandidateList } from '../storage/storage.js';
import type { AnalystStorage } from '../storage-in-time.js';
import type { Estimated } from './estimated.js';
import { postProcessed } from './post-process.js';
import { repeatsOf } from './repeats.js';
import { figures, finite, type RangedRow, SHARE } from './rows.js';
import type { Candidates, DecodedText, DecodedTexts } from './thread/messages.js';
import type { Run } from './thread/thread.js';

/** Rates of the two lists, as the mechanisms keep them. */
const FAMILY_WISE = 0.05;
const FALSE_DISCOVERY = 0.05;
/** How surely a text at the detection limit is detected. */
const POWER = 0.95;

const NO_CANDIDATES: Candidates = { sha256: '', bytes: new Uint8Array() };

export interface TextsOptions {
  readonly storage: AnalystStorage;
  readonly run: Run;
  readonly confidence: number;
}

/**
 * Which of the candidates asked for are held, and by how many; without candidates, how many have any text.
 *
 * @param windows - first days of the periods that are in `state`
 * @throws ProblemError `unknown-candidates`, `estimate-unavailable`
 */
export async function estimateTexts(
  { metric, params }: TextSeries,
  state: State,
  windows: readonly number[],
  { candidates: name, top = serverPolicy.textRows }: Pick<EstimateQuery, 'candidates' | 'top'>,
  { storage, run, confidence }: TextsOptions,
): Promise<Estimated> {
  const list = name === undefined ? undefined : await storage.candidates(name);
  if (name !== undefined && list === undefined) throw new ProblemError('unknown-candidates');
  const decoded = await run({
    answers: 'texts',
    metric: metric.fingerprint,
    params,
    state,
    candidates: { sha256: (list ?? NO_CANDIDATES).sha256, bytes: (list ?? NO_CANDIDATES).bytes },
    maxLength: metric.domain.maxLength ?? serverPolicy.maxCandidateLength,
    repeats: repeatsOf(metric, windows),
    confidence,
  });
  const shown = decoded.texts.slice(0, top);
  const drawn = shown.map(({ text, drawn: value }) => ({ label: text, quantity: 'text', value }));
  return {
    rows: [
      shareRow('with a text', 'with-text', decoded.withText),
      shareRow('not explained by the candidates', 'unexplained', decoded.unexplained),
      ...shown.map(textRow),
    ],
    postProcessed: postProcessed('non-negative-fit', state.n === 0 ? [] : drawn),
    own: {
      answers: 'texts',
      texts: {
        candidates: list === undefined ? null : headOf(list, decoded),
        lists: (await storage.candidateLists()).map((one) => one.name),
        detected: decoded.detected,
        listed: decoded.listed,
        familyWise: FAMILY_WISE,
        falseDiscovery: FALSE_DISCOVERY,
        detectionLimit: detectionLimit(decoded),
        misfit: decoded.misfit,
      },
    },
  };
}

function headOf({ name, count, sha256 }: CandidateList, { tested }: DecodedTexts) {
  return { name, count, sha256, tested };
}

/** Of a rare text among as many, each tested at its part of the family-wise rate. */
function detectionLimit({ n, tested, rareError, misfit }: DecodedTexts): number | null {
  if (n === 0) return null;
  const threshold = normalQuantile(1 - FAMILY_WISE / Math.max(1, tested));
  return finite((threshold + normalQuantile(POWER)) * rareError * misfit);
}

function shareRow(label: string, quantity: string, estimate: Estimate): RangedRow {
  return { row: { label, quantity, ...figures(estimate) }, range: SHARE };
}

function textRow({ text, pValue, isDetected, isListed, confusedWith, ...estimate }: DecodedText): RangedRow {
  const row = {
    label: text,
    quantity: 'text',
    ...figures(estimate),
    pValue: finite(pValue),
    isDetected,
    isListed,
    confusedWith,
  };
  return { row, range: SHARE };
}
