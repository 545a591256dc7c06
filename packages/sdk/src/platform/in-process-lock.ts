/** Runs tasks of one name one after the other: all the locking that storage needs which no other process shares. */
export function inProcessLock(): <T>(name: string, task: () => Promise<T>) => Promise<T> {
  const held = new Map<string, Promise<unknown>>();
  return async (name, task) => {
    const before = held.get(name);
    const mine = before === undefined ? task() : before.then(task, task);
    held.set(name, mine);
    try {
      return await mine;
    } finally {
      if (held.get(name) === mine) held.delete(name);
    }
  };
}
