/**
 * Places near the wanted ones, in their order, none nearer to another than `gap`, all between two ends that are far
 * enough apart for that.
 */
export function spread(wanted: readonly number[], gap: number, low: number, high: number): readonly number[] {
  const order = wanted.map((at, i) => ({ at, i })).sort((a, b) => a.at - b.at);
  // Neighbours that are too near become one group around the middle of what they wanted.
  const groups: { sum: number; places: number[] }[] = [];
  const first = ({ sum, places }: { sum: number; places: readonly number[] }): number => {
    const length = (places.length - 1) * gap;
    return Math.max(low, Math.min(high - length, sum / places.length - length / 2));
  };
  for (const { at, i } of order) {
    let group = { sum: at, places: [i] };
    for (
      let last = groups.at(-1);
      last && first(last) + last.places.length * gap > first(group);
      last = groups.at(-1)
    ) {
      groups.pop();
      group = { sum: last.sum + group.sum, places: [...last.places, ...group.places] };
    }
    groups.push(group);
  }
  const places = new Array<number>(wanted.length);
  for (const group of groups) {
    group.places.forEach((i, k) => {
      places[i] = first(group) + k * gap;
    });
  }
  return places;
}
