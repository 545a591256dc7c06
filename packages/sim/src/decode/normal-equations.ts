/** A symmetric matrix, positive definite unless told. */
type Matrix = readonly ArrayLike<number>[];

/** A coefficient that moves less than this part of the largest has settled. */
const SETTLED = 1e-12;
const ROUNDS = 20_000;

/** The x >= 0 for which x' M x / 2 - x' b is smallest, coordinate by coordinate; M may be singular. */
export function nonNegative(matrix: Matrix, right: ArrayLike<number>): Float64Array {
  const x = new Float64Array(right.length);
  // b - M x
  const left = Float64Array.from(right);
  for (let round = 0; round < ROUNDS; round++) {
    let moved = 0;
    let largest = 0;
    for (let v = 0; v < x.length; v++) {
      const line = matrix[v] as ArrayLike<number>;
      const own = line[v] as number;
      if (own === 0) continue;
      const next = Math.max(0, (x[v] as number) + (left[v] as number) / own);
      const step = next - (x[v] as number);
      largest = Math.max(largest, next);
      if (step === 0) continue;
      moved = Math.max(moved, Math.abs(step));
      x[v] = next;
      for (let w = 0; w < x.length; w++) left[w] = (left[w] as number) - step * (line[w] as number);
    }
    if (moved <= SETTLED * largest) break;
  }
  return x;
}

/** The lower triangle L with L L' = M. */
function cholesky(matrix: Matrix): readonly Float64Array[] {
  const lower: Float64Array[] = [];
  matrix.forEach((line, i) => {
    const row = new Float64Array(i + 1);
    for (let j = 0; j <= i; j++) {
      const other = j === i ? row : (lower[j] as Float64Array);
      let sum = line[j] as number;
      for (let k = 0; k < j; k++) sum -= (row[k] as number) * (other[k] as number);
      row[j] = j === i ? Math.sqrt(sum) : sum / (other[j] as number);
    }
    lower.push(row);
  });
  return lower;
}

/** L y = b */
function forward(lower: readonly Float64Array[], right: ArrayLike<number>): Float64Array {
  const y = new Float64Array(lower.length);
  lower.forEach((row, i) => {
    let sum = right[i] as number;
    for (let k = 0; k < i; k++) sum -= (row[k] as number) * (y[k] as number);
    y[i] = sum / (row[i] as number);
  });
  return y;
}

/** x with M x = b; NaN where M is singular. */
export function solve(matrix: Matrix, right: ArrayLike<number>): Float64Array {
  const lower = cholesky(matrix);
  const x = forward(lower, right);
  for (let i = x.length - 1; i >= 0; i--) {
    x[i] = (x[i] as number) / (lower[i]?.[i] as number);
    for (let k = 0; k < i; k++) x[k] = (x[k] as number) - (lower[i]?.[k] as number) * (x[i] as number);
  }
  return x;
}

/** The diagonal of M's inverse. */
export function inverseDiagonal(matrix: Matrix): Float64Array {
  const lower = cholesky(matrix);
  return Float64Array.from(lower, (_, i) => {
    const unit = new Float64Array(lower.length);
    unit[i] = 1;
    return forward(lower, unit).reduce((sum, y) => sum + y * y, 0);
  });
}
