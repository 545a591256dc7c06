/** What the counts say of one candidate. */
export interface DecodedText {
  /** Share of the reports; may lie below zero. */
  readonly value: number;
  readonly standardError: number;
  readonly low: number;
  readonly high: number;
  /** Chance of so large an estimate if nobody held this text. */
  readonly pValue: number;
  readonly isDetected: boolean;
}

/** A share with its standard error. */
export interface DecodedShare {
  readonly value: number;
  readonly standardError: number;
}

export interface Decoded {
  readonly n: number;
  /** In the order of the candidates. */
  readonly texts: readonly DecodedText[];
  /** Candidates that cannot be told apart, by place. */
  readonly confused: readonly (readonly number[])[];
  /** Share of reports that have any text, and whose text is no candidate; where the method tells. */
  readonly withText?: DecodedShare;
  readonly unexplained?: DecodedShare;
  /** Root of the residual mean square over what noise alone would leave; where the method tells. */
  readonly misfit?: number;
}
