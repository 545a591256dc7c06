import { logBinomialMass } from '../random/binomial-mass.js';
import { ANCHOR_TERMS } from './binomial-law.js';

/**
 * Follows mass and upper tail of Bin(size, chance) as `size` grows by one and `cut` by one or not. Each step takes four
 * roundings; it begins anew after {@link ANCHOR_TERMS} steps, or when the tail has halved, whose error would count double.
 */
export class FollowedTail {
  /** P[Bin(size, chance) >= cut] */
  tail = 0;
  /** P[Bin(size, chance) = cut - 1] */
  below = 0;
  readonly #chance: number;
  #size = -1;
  #cut = 0;
  #steps = 0;
  #least = 0;

  constructor(chance: number) {
    this.#chance = chance;
  }

  /** @param cut - 1 to size + 1, above the mean: sums of the tail then fall from the first term on */
  moveTo(size: number, cut: number): void {
    const isNext = size === this.#size + 1 && (cut === this.#cut || cut === this.#cut + 1);
    if (isNext && this.#steps < ANCHOR_TERMS) {
      this.#step(size, cut);
      if (this.tail >= this.#least) return;
    }
    this.#anchor(size, cut);
  }

  #step(size: number, cut: number): void {
    const chance = this.#chance;
    this.tail += this.below * chance;
    this.below *= (size * (1 - chance)) / (size + 1 - this.#cut);
    if (cut > this.#cut) {
      this.below *= ((size - this.#cut + 1) * chance) / (this.#cut * (1 - chance));
      this.tail -= this.below;
    }
    this.#size = size;
    this.#cut = cut;
    this.#steps++;
  }

  #anchor(size: number, cut: number): void {
    const chance = this.#chance;
    this.#size = size;
    this.#cut = cut;
    this.#steps = 0;
    this.below = size === 0 ? 1 : Math.exp(logBinomialMass(cut - 1, size, chance));
    const odds = chance / (1 - chance);
    let term = this.below;
    this.tail = 0;
    for (let k = cut; k <= size; k++) {
      term *= ((size - k + 1) * odds) / k;
      if (term <= 1e-18 * this.tail) break;
      this.tail += term;
    }
    // Of a tail that is nothing there is no half to fall to, and every step begins anew.
    this.#least = this.tail === 0 ? Number.POSITIVE_INFINITY : this.tail / 2;
  }
}
