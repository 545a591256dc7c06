/** Complex numbers, their real and imaginary parts apart. */
export interface Complex {
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
}

/** @param length - a power of two */
export function complexZeros(length: number): Complex {
  return { real: new Float64Array(length), imaginary: new Float64Array(length) };
}

/**
 * The factors of a transform of `length` numbers. Entry s lies at the angle of the bits of s mirrored behind the point, in
 * half turns: every step of a transform reads them in this order, from the beginning.
 */
export function fourierFactors(length: number): Complex {
  const angles = new Float64Array(Math.max(1, length / 2));
  const factors = complexZeros(angles.length);
  for (let s = 0; s < angles.length; s++) {
    angles[s] = s === 0 ? 0 : (angles[s >> 1] as number) / 2 + (s & 1) / 2;
    factors.real[s] = Math.cos(Math.PI * (angles[s] as number));
    factors.imaginary[s] = Math.sin(Math.PI * (angles[s] as number));
  }
  return factors;
}

/** The discrete Fourier transform in place, its output in mirrored order: good for products, and for the way back. */
export function transform({ real, imaginary }: Complex, factors: Complex): void {
  for (let half = real.length / 2; half >= 1; half /= 2) {
    for (let start = 0, s = 0; start < real.length; start += 2 * half, s++) {
      const c = factors.real[s] as number;
      const d = factors.imaginary[s] as number;
      for (let i = start, j = start + half; i < start + half; i++, j++) {
        const x = (real[j] as number) * c - (imaginary[j] as number) * d;
        const y = (real[j] as number) * d + (imaginary[j] as number) * c;
        real[j] = (real[i] as number) - x;
        imaginary[j] = (imaginary[i] as number) - y;
        real[i] = (real[i] as number) + x;
        imaginary[i] = (imaginary[i] as number) + y;
      }
    }
  }
}

/** Undoes {@link transform} in place, but for a factor of the length. */
export function transformBack({ real, imaginary }: Complex, factors: Complex): void {
  for (let half = 1; half < real.length; half *= 2) {
    for (let start = 0, s = 0; start < real.length; start += 2 * half, s++) {
      const c = factors.real[s] as number;
      const d = factors.imaginary[s] as number;
      for (let i = start, j = start + half; i < start + half; i++, j++) {
        const x = (real[i] as number) - (real[j] as number);
        const y = (imaginary[i] as number) - (imaginary[j] as number);
        real[i] = (real[i] as number) + (real[j] as number);
        imaginary[i] = (imaginary[i] as number) + (imaginary[j] as number);
        real[j] = x * c + y * d;
        imaginary[j] = y * c - x * d;
      }
    }
  }
}

/** Multiplies each of `a` by that of `b` in the same place. */
export function multiplyBy(a: Complex, b: Complex): void {
  for (let i = 0; i < a.real.length; i++) {
    const x = a.real[i] as number;
    const y = a.imaginary[i] as number;
    a.real[i] = x * (b.real[i] as number) - y * (b.imaginary[i] as number);
    a.imaginary[i] = x * (b.imaginary[i] as number) + y * (b.real[i] as number);
  }
}
