import { describe, expect, it } from 'vitest';
import { Database, type DatabaseOptions, type Transaction } from './database.js';
import { type Fault, ScriptedFaults, type Step } from './faults.js';

type Tables = { readonly letter: { readonly value: number } };

const where =
  (...keys: readonly string[]) =>
  (_: unknown, key: string) =>
    keys.includes(key);
const row = (key: string, value = 0) => [key, { value }] as const;

/** A table with a, b and c. */
function letters(options: DatabaseOptions = {}): Database<Tables> {
  return new Database<Tables>({ letter: { a: { value: 1 }, b: { value: 2 }, c: { value: 3 } } }, options);
}

/** Several transactions at a time. */
async function begin(database: Database<Tables>): Promise<readonly [Transaction<Tables>, Transaction<Tables>]> {
  return [await database.begin(), await database.begin()];
}

const readValue = (transaction: Transaction<Tables>, key: string) =>
  transaction.read((snapshot) => snapshot.get('letter', key)?.value);

const committed = (database: Database<Tables>) =>
  database.look((snapshot) =>
    snapshot
      .rows('letter')
      .map(([key, { value }]) => `${key}${value}`)
      .join(' '),
  );

/** The promise, which must still be waiting now. */
async function blocked<Answer>(promise: Promise<Answer>): Promise<() => Promise<Answer>> {
  let isDone = false;
  const done = () => {
    isDone = true;
  };
  promise.then(done, done);
  await new Promise((resolve) => setImmediate(resolve));
  expect(isDone).toBe(false);
  return () => promise;
}

describe('the database', () => {
  it('shows each statement what is committed by then, and what its transaction wrote', async () => {
    const database = letters();
    const [one, other] = await begin(database);
    await one.put('letter', [row('a', 9)]);
    await one.delete('letter', where('b'));
    expect([await readValue(one, 'a'), await readValue(one, 'b')]).toEqual([9, undefined]);
    expect([await readValue(other, 'a'), await readValue(other, 'b')]).toEqual([1, 2]);
    await one.commit();
    expect([await readValue(other, 'a'), await readValue(other, 'b')]).toEqual([9, undefined]);
    expect(committed(database)).toBe('a9 c3');
  });

  it('undoes what is rolled back', async () => {
    const database = letters();
    const [one, other] = await begin(database);
    await one.insert('letter', [row('d')]);
    await one.delete('letter', () => true);
    await one.rollback();
    expect(committed(database)).toBe('a1 b2 c3');
    expect(await other.insert('letter', [row('d', 4)])).toEqual(new Set(['d']));
  });

  it('inserts what is not there, once, and says which', async () => {
    const database = letters();
    const one = await database.begin();
    expect(await one.insert('letter', [row('d', 4), row('a', 9), row('d', 5)])).toEqual(new Set(['d']));
    await one.commit();
    expect(committed(database)).toBe('a1 b2 c3 d4');
  });

  for (const end of ['commit', 'rollback'] as const) {
    it(`lets an insert wait for the same key of another transaction, until its ${end}`, async () => {
      const database = letters();
      const [one, other] = await begin(database);
      await one.insert('letter', [row('d', 4)]);
      const waiting = await blocked(other.insert('letter', [row('d', 5), row('e', 5)]));
      await one[end]();
      expect([...(await waiting())]).toEqual(end === 'commit' ? ['e'] : ['d', 'e']);
      await other.commit();
      expect(committed(database)).toBe(end === 'commit' ? 'a1 b2 c3 d4 e5' : 'a1 b2 c3 d5 e5');
    });

    it(`lets an insert wait for a deletion of the key, until its ${end}`, async () => {
      const [one, other] = await begin(letters());
      await one.delete('letter', where('a'));
      const waiting = await blocked(other.insert('letter', [row('a', 5)]));
      await one[end]();
      expect((await waiting()).size).toBe(end === 'commit' ? 1 : 0);
    });
  }

  it('lets no insert wait for a row that is locked only', async () => {
    const [one, other] = await begin(letters());
    await one.lock('letter', where('a'), { mode: 'exclusive' });
    expect((await other.insert('letter', [row('a', 5)])).size).toBe(0);
  });

  it('shares a lock among those that share it, and nobody else', async () => {
    const database = letters();
    const [one, other] = await begin(database);
    const third = await database.begin();
    await one.lock('letter', where('a'), { mode: 'share' });
    await other.lock('letter', where('a'), { mode: 'share' });
    const waiting = await blocked(third.lock('letter', where('a'), { mode: 'exclusive' }));
    await one.commit();
    await blocked(waiting());
    await other.rollback();
    expect(await waiting()).toEqual([row('a', 1)]);
  });

  it('lets nobody who shares overtake one that waits', async () => {
    const database = letters();
    const [one, other] = await begin(database);
    const third = await database.begin();
    await one.lock('letter', where('a'), { mode: 'share' });
    const alone = await blocked(other.put('letter', [row('a', 9)]));
    const shared = await blocked(third.lock('letter', where('a'), { mode: 'share' }));
    await one.commit();
    await alone();
    await other.commit();
    expect(await shared()).toEqual([row('a', 9)]);
  });

  it('answers with a row it had to wait for as it is then, if it still fits', async () => {
    const database = letters();
    const [one, other] = await begin(database);
    await one.put('letter', [row('a', 2), row('b', 9)]);
    await one.delete('letter', where('c'));
    const waiting = await blocked(other.lock('letter', ({ value }) => value < 4, { mode: 'exclusive' }));
    await one.commit();
    expect(await waiting()).toEqual([row('a', 2)]);
  });

  it('skips locked rows where that is wanted, and takes no more than wanted', async () => {
    const [one, other] = await begin(letters());
    await one.lock('letter', where('a'), { mode: 'exclusive' });
    expect(await other.lock('letter', () => true, { mode: 'exclusive', skipLocked: true, limit: 1 })).toEqual([
      row('b', 2),
    ]);
  });

  it('ends a deadlock by failing one, which keeps nothing', async () => {
    const database = letters();
    const [one, other] = await begin(database);
    await one.insert('letter', [row('d', 4)]);
    await other.insert('letter', [row('e', 5)]);
    const waiting = await blocked(one.insert('letter', [row('e', 4)]));
    await expect(other.insert('letter', [row('d', 5)])).rejects.toMatchObject({ code: '40P01' });
    await expect(other.commit()).rejects.toMatchObject({ code: '25P02' });
    expect(await waiting()).toEqual(new Set(['e']));
    await one.commit();
    expect(committed(database)).toBe('a1 b2 c3 d4 e4');
    expect(database.events.get('deadlock')).toBe(1);
  });

  it('sees a deadlock of two who share a lock and want it alone', async () => {
    const database = letters();
    const [one, other] = await begin(database);
    for (const transaction of [one, other]) await transaction.lock('letter', where('a'), { mode: 'share' });
    const waiting = await blocked(one.put('letter', [row('a', 9)]));
    await expect(other.put('letter', [row('a', 8)])).rejects.toMatchObject({ code: '40P01' });
    await waiting();
    await one.commit();
    expect(committed(database)).toBe('a9 b2 c3');
  });

  /** What a transaction that meets a fault is told, and what is committed once the database knows. */
  async function failing(step: Step, fault: Fault) {
    const script = new ScriptedFaults();
    const database = letters({ faults: script.faults });
    script.add(step, fault);
    const code = await (async () => {
      const one = await database.begin();
      await one.put('letter', [row('a', 9)]);
      await one.commit();
    })().catch((error) => error.code);
    await new Promise((resolve) => setImmediate(resolve));
    // Whatever it held is free again.
    const other = await database.begin();
    await other.put('letter', [row('b', 7)]);
    await other.delete('letter', where('c'));
    await other.rollback();
    return [code, committed(database)];
  }

  it('tells a client that loses its connection in a commit nothing of what came of it', async () => {
    expect(await failing('commit', 'lost-before')).toEqual(['08006', 'a1 b2 c3']);
    expect(await failing('commit', 'lost-during')).toEqual(['08006', 'a9 b2 c3']);
    expect(await failing('commit', 'lost-after')).toEqual(['08006', 'a9 b2 c3']);
  });

  it('keeps nothing of a transaction that fails earlier', async () => {
    expect(await failing('begin', 'lost-before')).toEqual(['08006', 'a1 b2 c3']);
    for (const fault of ['lost-before', 'lost-during', 'lost-after'] as const) {
      expect(await failing('statement', fault)).toEqual(['08006', 'a1 b2 c3']);
    }
    for (const step of ['statement', 'commit'] as const) {
      expect(await failing(step, 'serialization-failure')).toEqual(['40001', 'a1 b2 c3']);
    }
  });

  it('may commit after the client has lost its connection, and holds all locks until then', async () => {
    const script = new ScriptedFaults();
    const scheduler = { point: () => (isSlow ? noticed : Promise.resolve()) };
    let isSlow = false;
    let notice: () => void = () => undefined;
    const noticed = new Promise<void>((resolve) => {
      notice = resolve;
    });
    const database = letters({ faults: script.faults, scheduler });
    const [one, other] = await begin(database);
    await one.put('letter', [row('a', 9)]);
    script.add('commit', 'lost-during');
    const lost = one.commit();
    isSlow = true;
    await expect(lost).rejects.toMatchObject({ code: '08006' });
    isSlow = false;
    const waiting = await blocked(other.lock('letter', where('a'), { mode: 'share' }));
    expect(committed(database)).toBe('a1 b2 c3');
    notice();
    expect(await waiting()).toEqual([row('a', 9)]);
    expect(committed(database)).toBe('a9 b2 c3');
  });
});
