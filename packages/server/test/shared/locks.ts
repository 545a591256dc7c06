export type LockMode = 'share' | 'exclusive';

interface Request<Owner> {
  readonly owner: Owner;
  readonly mode: LockMode;
  readonly grant: () => void;
}

interface Lock<Owner> {
  readonly holders: Map<Owner, LockMode>;
  readonly queue: Request<Owner>[];
}

/** Waiting would never end. */
export class Deadlock extends Error {}

/**
 * Locks by name, kept until their owner ends. Who waits is served in order, so that a stream of sharers starves nobody.
 * An owner waits for one lock at a time.
 */
export class Locks<Owner> {
  readonly #locks = new Map<string, Lock<Owner>>();
  /** Whom each owner that waits is waiting for. */
  readonly #waiting = new Map<Owner, Lock<Owner>>();

  /** @returns whether the owner has the lock now */
  tryAcquire(owner: Owner, name: string, mode: LockMode): boolean {
    const lock = this.#lock(name);
    const held = lock.holders.get(owner);
    if (held === 'exclusive' || held === mode) return true;
    const mustQueue = held === undefined && lock.queue.length > 0;
    if (mustQueue || !isFree(lock, owner, mode)) return false;
    lock.holders.set(owner, mode);
    return true;
  }

  /** @throws Deadlock if the one that has the lock waits, in the end, for this owner */
  async acquire(owner: Owner, name: string, mode: LockMode): Promise<void> {
    if (this.tryAcquire(owner, name, mode)) return;
    const lock = this.#lock(name);
    await new Promise<void>((resolve, reject) => {
      const request = { owner, mode, grant: resolve };
      // Who shares the lock and wants it alone is first: those in the queue wait for it anyway.
      const place = lock.holders.has(owner) ? 0 : lock.queue.length;
      lock.queue.splice(place, 0, request);
      this.#waiting.set(owner, lock);
      if (!this.#waitsForItself(owner)) return;
      lock.queue.splice(place, 1);
      this.#waiting.delete(owner);
      reject(new Deadlock());
    });
  }

  releaseAll(owner: Owner): void {
    for (const [name, lock] of this.#locks) {
      if (!lock.holders.delete(owner)) continue;
      this.#grant(lock);
      if (lock.holders.size === 0) this.#locks.delete(name);
    }
  }

  #lock(name: string): Lock<Owner> {
    const lock = this.#locks.get(name) ?? { holders: new Map(), queue: [] };
    this.#locks.set(name, lock);
    return lock;
  }

  #grant(lock: Lock<Owner>): void {
    for (let [first] = lock.queue; first !== undefined && isFree(lock, first.owner, first.mode); [first] = lock.queue) {
      lock.queue.shift();
      lock.holders.set(first.owner, first.mode);
      this.#waiting.delete(first.owner);
      first.grant();
    }
  }

  #waitsForItself(owner: Owner): boolean {
    const reached = new Set<Owner>();
    const next = [...this.#waitedFor(owner)];
    for (let one = next.pop(); one !== undefined; one = next.pop()) {
      if (one === owner) return true;
      if (reached.has(one)) continue;
      reached.add(one);
      next.push(...this.#waitedFor(one));
    }
    return false;
  }

  /** Those who must go before the owner gets what it waits for. */
  *#waitedFor(owner: Owner): Iterable<Owner> {
    const lock = this.#waiting.get(owner);
    if (lock === undefined) return;
    for (const holder of lock.holders.keys()) if (holder !== owner) yield holder;
    for (const ahead of lock.queue) {
      if (ahead.owner === owner) return;
      yield ahead.owner;
    }
  }
}

function isFree<Owner>({ holders }: Lock<Owner>, owner: Owner, mode: LockMode): boolean {
  for (const [holder, held] of holders) {
    if (holder !== owner && (mode === 'exclusive' || held === 'exclusive')) return false;
  }
  return true;
}
