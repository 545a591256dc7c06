/** Runs changes one after the other: what one checked still holds when it writes. */
export function inTurn(): <T>(change: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (change) => {
    const done = last.then(change);
    // Whoever asked is told that it failed; the next one is not.
    last = done.catch(() => undefined);
    return done;
  };
}
