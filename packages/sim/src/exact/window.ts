import { uniformInt, type WordSource } from '@dither/mechanisms';
import { binomial } from '../random/binomial.js';
import { add } from './draw.js';

/**
 * Clients at places fall on the outputs of their windows, each as likely: of place i these are i .. i+window-1.
 *
 * How far a client comes is drawn digit by digit, from the lowest: an odd window loses its last output to some, an even one
 * is passed in steps of two, by a first step or none. Whoever stands at one place by then is alike, and is drawn on together:
 * as many binomials for each output as the window has binary digits, at most twice, and not a multinomial for each place.
 *
 * @param places - clients by place; outputs beyond are those of the windows that reach there
 */
export function fallInWindows(source: WordSource, places: Float64Array, window: number): Float64Array {
  const fallen = new Float64Array(places.length + window - 1);
  const all = places.reduce((sum, clients) => sum + clients, 0);
  if (all <= fallen.length) oneByOne(source, places, window, fallen);
  else digitByDigit(source, places, window, fallen);
  return fallen;
}

function oneByOne(source: WordSource, places: Float64Array, window: number, fallen: Float64Array): void {
  places.forEach((clients, place) => {
    for (let i = 0; i < clients; i++) add(fallen, place + uniformInt(source, window), 1);
  });
}

function digitByDigit(source: WordSource, places: Float64Array, window: number, fallen: Float64Array): void {
  let standing = new Float64Array(fallen.length);
  standing.set(places);
  let step = 1;
  for (let left = window; left > 1; left = left >> 1, step *= 2) {
    const next = new Float64Array(fallen.length);
    for (let at = 0; at < fallen.length; at++) {
      let clients = standing[at] as number;
      if (clients === 0) continue;
      if (left % 2 === 1) {
        const last = binomial(source, clients, 1 / left);
        clients -= last;
        if (last > 0) add(fallen, at + (left - 1) * step, last);
      }
      const moved = binomial(source, clients, 0.5);
      add(next, at, clients - moved);
      if (moved > 0) add(next, at + step, moved);
    }
    standing = next;
  }
  standing.forEach((clients, at) => {
    add(fallen, at, clients);
  });
}
