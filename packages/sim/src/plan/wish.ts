/** A wanted accuracy, as somebody wrote it. `parseWish` has the grammar. */
export interface Wish {
  readonly text: string;
  readonly goal: SeeGoal | WithinGoal;
  /** How often it is to be met, in [.5, .999]. */
  readonly chance: number;
}

/** To tell from zero what is true of at least this share of installations. */
export interface SeeGoal {
  readonly kind: 'see';
  /** Undefined asks how small a share can be seen. */
  readonly share: number | undefined;
}

/** To estimate a quantity no further from the truth than this. */
export interface WithinGoal {
  readonly kind: 'within';
  readonly quantity: WishedQuantity;
  /** Undefined asks how near the estimate comes. */
  readonly tolerance: Tolerance | undefined;
}

export type WishedQuantity =
  | { readonly name: 'quantile'; readonly quantile: number }
  | { readonly name: 'mean' }
  /** Of the named value; of any one unless named. */
  | { readonly name: 'share'; readonly value: string | undefined };

export interface Tolerance {
  readonly amount: number;
  /** `part` of the truth, percentage `points`, or an `amount` in the metric's unit. */
  readonly unit: 'part' | 'points' | 'amount';
}
