import { describe, expect, it } from 'vitest';
import { batchBytes, counted, DAY, testApp } from '../fixture.js';
import { type Fault, ScriptedFaults } from './faults.js';
import { SharedStorage } from './shared-storage.js';
import { sharedDatabase } from './tables.js';

const YES = { id: 'dark-mode', bytes: [1] } as const;

const isCounted: { readonly [fault in Exclude<Fault, 'serialization-failure'>]: boolean } = {
  'lost-before': false,
  'lost-during': true,
  'lost-after': true,
};

describe('a server over a shared database', () => {
  for (const [fault, duplicate] of Object.entries(isCounted) as [Fault, boolean][]) {
    it(`answers 503 when it knows nothing of a commit, goes on, and counts the retry once: ${fault}`, async () => {
      const script = new ScriptedFaults();
      const database = sharedDatabase({ faults: script.faults });
      const onFatal = () => expect.unreachable();
      const { post } = await testApp({ storage: new SharedStorage(database), onFatal });
      const { post: postElsewhere } = await testApp({ storage: new SharedStorage(database), onFatal });
      const batch = batchBytes({ reports: [YES] });

      script.add('commit', fault);
      const unknown = await post(batch);
      expect(unknown.json()).toMatchObject({ code: 'unavailable', status: 503, retry: true });
      expect(unknown.headers['retry-after']).toBe('60');

      expect((await post(batchBytes({ reports: [YES] }))).json()).toMatchObject({ duplicate: false, accepted: 1 });
      expect((await postElsewhere(batch)).json()).toMatchObject({ duplicate });
      expect((await post(batch)).json()).toMatchObject({ duplicate: true });
      const reader = new SharedStorage(database);
      expect(await counted(reader, 'dark-mode')).toEqual([{ window: DAY - 1, n: 2, counts: [2] }]);
    });
  }
});
