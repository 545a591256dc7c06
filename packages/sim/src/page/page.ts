/**
 * What a command has to show, whatever the form: the terminal prints it as text, `--out` as one HTML file with charts.
 * Every command makes its page from the very object that `--json` prints.
 */
export interface Page {
  readonly title: string;
  /** The answer in plain sentences, before any number: for somebody who knows no statistics. */
  readonly lead: readonly string[];
  /** Arguments that make the same page again, seed included, without the program's name: `run --seed 7 ...`. */
  readonly command: readonly string[];
  /** What it rests on: names and values, such as the seed, the population, the conditions of a bound. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly sections: readonly Section[];
}

export interface Section {
  readonly heading: string;
  /** One plain sentence that says what is to be seen. */
  readonly sentence: string;
  readonly chart?: Chart;
  readonly table?: Table;
  /** Small print: conditions, how to read it. */
  readonly notes?: readonly string[];
}

/** The first column is a name, to the left; the others are to the right. */
export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Rows of the whole that are not shown, and where they are; said under the table. */
  readonly left?: string;
}

export type Chart = IntervalChart | LineChart | ScatterChart;

export interface Axis {
  readonly label: string;
  /** Logarithmic axes take positive numbers only. */
  readonly scale: 'linear' | 'log';
  /** How numbers are written: as shares (0.25 is 25%), or as they are. */
  readonly format: 'share' | 'number';
}

/** Truth against estimate, an interval each: one row per item. */
export interface IntervalChart {
  readonly kind: 'intervals';
  readonly axis: Axis;
  readonly rows: readonly {
    readonly label: string;
    /** Null where nothing is true. */
    readonly truth: number | null;
    readonly estimate: number;
    readonly low: number;
    readonly high: number;
  }[];
}

/**
 * Lines over x, such as error against epsilon or the spending of a year. Points in the order of x; NaN breaks a line.
 */
export interface LineChart {
  readonly kind: 'lines';
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly {
    readonly label: string;
    /**
     * The label of the series that it belongs to, such as the predicted one of measured points: it has the same colour
     * and form, and no name in the picture.
     */
    readonly of?: string;
    /** `step` holds each value until the next x. */
    readonly shape: 'line' | 'step' | 'points';
    readonly points: readonly {
      readonly x: number;
      readonly y: number;
      /** A band around it, where there is one. */
      readonly low?: number;
      readonly high?: number;
    }[];
  }[];
  /** Levels to compare with, such as a limit that was asked for. */
  readonly levels?: readonly { readonly label: string; readonly y: number }[];
}

/** Points by two figures that are both better when small, with the front of those that nothing beats in both. */
export interface ScatterChart {
  readonly kind: 'scatter';
  readonly x: Axis;
  readonly y: Axis;
  readonly points: readonly {
    readonly label: string;
    readonly group: string;
    readonly x: number;
    readonly y: number;
    /** Whether no other point is as good in both figures and better in one. */
    readonly isFront: boolean;
    /** Said of the point beside its label, such as bytes. */
    readonly detail?: string;
  }[];
}
