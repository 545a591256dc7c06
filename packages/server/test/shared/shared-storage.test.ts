import { describe, expect, it } from 'vitest';
import { counted, DAY, incoming } from '../fixture.js';
import { describeStorage } from '../storage.contract.js';
import { Unsorted } from './broken.js';
import { Compactor } from './compactor.js';
import { dice } from './dice.js';
import { type Fault, ScriptedFaults } from './faults.js';
import { inTurn } from './in-turn.js';
import { restless, SeededScheduler } from './scheduler.js';
import { SharedStorage } from './shared-storage.js';
import { sharedDatabase } from './tables.js';

const YES = { id: 'dark-mode', bytes: [1] } as const;

describeStorage('shared database, one node', async () => new SharedStorage(sharedDatabase()));

describeStorage('shared database, two nodes in turn', async () => {
  const database = sharedDatabase();
  return inTurn([new SharedStorage(database), new SharedStorage(database)]);
});

let opened = 0;
describeStorage('shared database, two nodes in turn while it is compacted', async () => {
  const chance = dice(++opened);
  const database = sharedDatabase({ scheduler: restless(chance) });
  const compactor = new Compactor(database);
  return inTurn([new SharedStorage(database), new SharedStorage(database)], () => {
    if (chance.happens(0.5)) void compactor.fold();
    if (chance.happens(0.5)) void compactor.prune();
  });
});

/** A node whose database fails on order. */
function failing() {
  const script = new ScriptedFaults();
  const database = sharedDatabase({ faults: script.faults });
  return { script, database, node: new SharedStorage(database), other: new SharedStorage(database) };
}

/** What the retry is told after each. */
const LOST_COMMITS: readonly (readonly [Fault, 'accepted' | 'duplicate'])[] = [
  ['lost-before', 'accepted'],
  ['lost-during', 'duplicate'],
  ['lost-after', 'duplicate'],
];

describe('a node over a shared database', () => {
  for (const [fault, told] of LOST_COMMITS) {
    it(`knows nothing of a commit whose connection is ${fault}, and is told by the retry`, async () => {
      const { script, node, other } = failing();
      const batch = incoming({ reports: [YES] });
      script.add('commit', fault);
      await expect(node.commit([batch])).rejects.toMatchObject({ code: 'outcome-unknown' });
      expect(node.newestDay).toBeUndefined();
      expect(await other.commit([batch])).toEqual([told]);
      expect(await node.commit([batch])).toEqual(['duplicate']);
      expect(await counted(node, 'dark-mode')).toEqual([{ window: DAY - 1, n: 1, counts: [1] }]);
      expect(node.newestDay).toBe(DAY);
    });
  }

  it('has stored nothing where the connection is lost before the commit', async () => {
    const { script, node } = failing();
    const batch = incoming({ reports: [YES] });
    for (const step of ['begin', 'statement'] as const) {
      script.add(step, 'lost-before');
      await expect(node.commit([batch])).rejects.toMatchObject({ code: 'not-stored' });
    }
    expect(await node.commit([batch])).toEqual(['accepted']);
  });

  it('begins again when the database asks for it, but not for ever', async () => {
    const { script, node } = failing();
    const fail = (times: number) => {
      for (let i = 0; i < times; i++) script.add(i % 2 === 0 ? 'statement' : 'commit', 'serialization-failure');
    };
    fail(4);
    expect(await node.commit([incoming({ reports: [YES] })])).toEqual(['accepted']);
    fail(5);
    await expect(node.commit([incoming({ reports: [YES] })])).rejects.toMatchObject({ code: 'not-stored' });
    expect(await counted(node, 'dark-mode')).toEqual([{ window: DAY - 1, n: 1, counts: [1] }]);
  });

  it('reads again where the connection is lost', async () => {
    const { script, node } = failing();
    await node.commit([incoming({ reports: [YES] })]);
    script.add('statement', 'lost-after');
    script.add('begin', 'lost-before');
    expect(await counted(node, 'dark-mode')).toHaveLength(1);
  });

  it('commits one row whatever a group adds to, and none where it adds nothing', async () => {
    const { database, node } = failing();
    const batches = [DAY - 1, DAY - 2, DAY - 1].map((window) => incoming({ reports: [{ ...YES, window }] }));
    await node.commit(batches);
    await node.commit([...batches, incoming({ reports: [] })]);
    const deltas = database.look((snapshot) => snapshot.rows('delta').map(([, { cells }]) => cells.length));
    expect(deltas).toEqual([2]);
  });

  /** Two nodes that are sent the same two batches in opposite order, again and again. */
  async function crossing(Node: typeof SharedStorage) {
    let deadlocks = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const scheduler = new SeededScheduler(dice(seed));
      const database = sharedDatabase({ scheduler });
      const [one, other] = [new Node(database), new Node(database)];
      const [a, b] = [incoming({ reports: [YES] }), incoming({ reports: [YES] })];
      const outcomes = await scheduler.run(Promise.all([one.commit([a, b]), other.commit([b, a])]));
      expect(outcomes.flat().filter((outcome) => outcome === 'accepted')).toHaveLength(2);
      expect(await scheduler.run(counted(one, 'dark-mode'))).toEqual([{ window: DAY - 1, n: 2, counts: [2] }]);
      deadlocks += database.events.get('deadlock') ?? 0;
    }
    return deadlocks;
  }

  it('never waits in a circle, since nonces are inserted in order', async () => {
    expect(await crossing(SharedStorage)).toBe(0);
    expect(await crossing(Unsorted)).toBeGreaterThan(0);
  });

  it('refuses a replay after its nonce was forgotten, and moves every delta once', async () => {
    const { database, node } = failing();
    const compactor = new Compactor(database);
    const first = incoming({ reports: [YES] });
    await node.commit([first]);
    await node.commit([incoming({ day: DAY + 9, reports: [] })]);
    await compactor.prune();
    expect(node.usage().nonces).toBe(2);
    expect(await node.commit([first])).toEqual(['too-old']);
    expect(node.usage().nonces).toBe(1);
    expect([await compactor.fold(), await compactor.fold()]).toEqual([1, 0]);
    expect(await counted(node, 'dark-mode')).toEqual([{ window: DAY - 1, n: 1, counts: [1] }]);
  });
});
