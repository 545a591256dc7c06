import type { Estimate } from '@dither/mechanisms';

/** What is estimated. */
interface Asked {
  /** `frequency`, `mean`, `quantile`, `with-event`, `histogram`, `text`, `with-text`, `unexplained`, ... */
  readonly name: string;
  /** What a reader calls it, such as the value whose share it is: one of its name in a metric. */
  readonly label: string;
  /** Whether it is a share, in [0, 1]: errors of shares can be averaged, others have a unit. */
  readonly isShare: boolean;
}

/** What the decoder says of a candidate beside its share. */
export interface Detection {
  /** In the list that holds any false text with probability at most .05. */
  readonly isDetected: boolean;
  /** In the longer list, of which at most .05 is false on average. */
  readonly isListed: boolean;
  /** Chance of so large an estimate if nobody held this text. */
  readonly pValue: number;
  /** Whether anybody who reported holds it, or, if it cannot be told from others, any of them. */
  readonly isHeld: boolean;
}

/** One quantity of one repetition: what was true, and what was estimated. */
export interface Cell {
  readonly quantity: Asked;
  /** Among the installations that reported; NaN where it is not defined, such as the mean of no event. */
  readonly truth: number;
  /** A quantile has an interval alone: its standard error and detection limit are NaN. */
  readonly estimate: Estimate;
  /** Estimate minus truth. */
  readonly error: number;
  /** Whether the interval holds the truth, ends included. */
  readonly isCovered: boolean;
  /** Of a candidate. */
  readonly detection?: Detection;
  /** Of a listed value: whether it is seen, all values together. */
  readonly isDetected?: boolean;
}

export function cell({ name, label, isShare }: Asked, truth: number, estimate: Estimate): Cell {
  return {
    quantity: { name, label, isShare },
    truth,
    estimate,
    error: estimate.value - truth,
    isCovered: estimate.low <= truth && truth <= estimate.high,
  };
}

/** What one repetition says of a metric. */
export interface Answer {
  readonly cells: readonly Cell[];
  /** All shares as they are estimated: unbiased, some below zero. None where a mechanism estimates no shares. */
  readonly raw?: Comparison;
  /** What is drawn and printed of them: none below zero, and they sum to one where shares do. */
  readonly processed?: Comparison;
}

/** True shares against estimated ones. */
export interface Comparison {
  readonly truth: ArrayLike<number>;
  readonly estimate: ArrayLike<number>;
  /** Of numbers: the borders, in the metric's unit, of the buckets that come first in order; shares after them have none. */
  readonly borders?: ArrayLike<number>;
}
