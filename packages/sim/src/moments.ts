/** Mean and standard error of what comes in one by one (Welford 1962). What is not a number is passed over. */
export class Moments {
  #count = 0;
  #mean = 0;
  #squares = 0;

  add(x: number): void {
    if (!Number.isFinite(x)) return;
    const step = x - this.#mean;
    this.#mean += step / ++this.#count;
    this.#squares += step * (x - this.#mean);
  }

  /** NaN of none. */
  get mean(): number {
    return this.#count === 0 ? Number.NaN : this.#mean;
  }

  /** Of the mean; NaN of fewer than two. */
  get standardError(): number {
    return Math.sqrt(this.#squares / (this.#count - 1) / this.#count);
  }
}
