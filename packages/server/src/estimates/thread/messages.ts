import type {
  DistributionEstimate,
  DistributionQuestion,
  Estimate,
  Params,
  State,
  TextEstimate,
} from '@dither/mechanisms';
import type { CandidateList } from '../../storage/storage.js';

/** What an estimate depends on: plain data that another thread can be sent. */
interface JobHead {
  /** Fingerprint of the metric. */
  readonly metric: string;
  /** They name their mechanism. */
  readonly params: Params;
  readonly state: State;
}

export interface DistributionJob extends JobHead {
  readonly answers: 'distribution';
  readonly question: DistributionQuestion;
}

export interface TextsJob extends JobHead {
  readonly answers: 'texts';
  readonly candidates: Candidates;
  /** Candidates are cut to so many UTF-16 code units, as a device cuts texts. */
  readonly maxLength: number;
  /** Most reports of one epoch that one client may have in the state. */
  readonly repeats: number;
  readonly confidence: number;
}

export type Job = DistributionJob | TextsJob;

/** The texts of a list, or of none. */
export type Candidates = Pick<CandidateList, 'sha256' | 'bytes'>;

/** A candidate's estimate, the texts it cannot be told apart from by name. */
export interface DecodedText extends Omit<TextEstimate, 'confusedWith'> {
  readonly confusedWith: readonly string[];
}

/** What was decoded: of the texts those that any question may show. */
export interface DecodedTexts {
  readonly n: number;
  /** Different candidates, once cut. */
  readonly tested: number;
  /** Detected first, then by estimate; at most `maxTextRows`. */
  readonly texts: readonly DecodedText[];
  /** All of them, heaviest first. */
  readonly detected: readonly string[];
  readonly listed: readonly string[];
  readonly withText: Estimate;
  readonly unexplained: Estimate;
  readonly misfit: number;
  /** Standard error of a rare text's share. */
  readonly rareError: number;
}

export type Result<J extends Job = Job> = J extends TextsJob ? DecodedTexts : DistributionEstimate;

export type Reply = { readonly result: Result } | { readonly failure: string };
