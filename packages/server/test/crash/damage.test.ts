import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { announcedSeed, randomFrom } from '../support/random.js';
import { changeFile, copyOf, flipBytes, type Left, leftBy, refusesOrIsExact } from './damage.js';

const seed = announcedSeed('damage');
/** Where the header of an SQLite file has the version of its tables. */
const USER_VERSION_AT = 60;

const copied = ({ folder, batches }: Left): Left => ({ folder: copyOf(folder), batches });

describe('a server over a file', () => {
  it('in which bytes were changed refuses it and leaves it as it is, or serves exactly what it held', async () => {
    const random = randomFrom(`${seed} flips`);
    const whole = await leftBy('SIGTERM', seed);
    for (let i = 0; i < 6; i++) {
      const damaged = copied(whole);
      changeFile(join(damaged.folder, 'a.db'), flipBytes(random));
      await refusesOrIsExact(damaged);
    }
  });

  it('of a later version refuses it, and leaves it as it is', async () => {
    const left = await leftBy('SIGTERM', seed);
    changeFile(join(left.folder, 'a.db'), (bytes) => bytes.writeUInt32BE(1_000_000, USER_VERSION_AT));
    expect(await refusesOrIsExact(left)).toContain('storage-newer');
  });

  it('with a write-ahead log beside it takes it over, and is exact', async () => {
    const left = await leftBy('SIGKILL', seed);
    expect(await refusesOrIsExact(left)).toBeUndefined();
  });

  it('with a write-ahead log that is none beside it refuses both, or is exact', async () => {
    const left = await leftBy('SIGTERM', seed);
    writeFileSync(join(left.folder, 'a.db-wal'), randomFrom(seed).bytes(8192));
    await refusesOrIsExact(left);
  });
});
