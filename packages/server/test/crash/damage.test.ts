import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { announcedSeed, randomFrom } from '../support/random.js';
import { changeFile, copyOf, leftBy, refusesOrIsExact } from './damage.js';

const seed = announcedSeed('damage');

/** Of an SQLite file: where its header says how large pages are, and which version the tables have. */
const PAGE_SIZE_AT = 16;
const USER_VERSION_AT = 60;
const PAGE_BYTES = 4096;
const HEADER_BYTES = 100;

/** Ways for a file to be wrong, and the code it is refused with. */
const DAMAGES: readonly (readonly [code: string, change: (bytes: Buffer) => void])[] = [
  ['storage-foreign', (bytes) => bytes.fill(0, 0, PAGE_SIZE_AT)],
  ['storage-corrupt', (bytes) => bytes.writeUInt16BE(1024, PAGE_SIZE_AT)],
  ['storage-corrupt', (bytes) => bytes.writeUInt8(1, HEADER_BYTES)],
  ['storage-corrupt', (bytes) => bytes.fill(0, HEADER_BYTES, PAGE_BYTES)],
  ['storage-corrupt', (bytes) => bytes.fill(0, bytes.length / 2)],
  ['storage-newer', (bytes) => bytes.writeUInt32BE(1_000_000, USER_VERSION_AT)],
];

describe('a server over a file', () => {
  it('that is damaged or of a later version refuses it, and leaves it as it is', async () => {
    const { folder, batches } = await leftBy('SIGTERM', seed);
    for (const [code, change] of DAMAGES) {
      const damaged = copyOf(folder);
      changeFile(join(damaged, 'a.db'), change);
      expect(await refusesOrIsExact({ folder: damaged, batches })).toContain(code);
    }
  });

  it('with a write-ahead log beside it takes it over, and is exact', async () => {
    expect(await refusesOrIsExact(await leftBy('SIGKILL', seed))).toBeUndefined();
  });

  it('with a write-ahead log that is none beside it refuses both, or is exact', async () => {
    const left = await leftBy('SIGTERM', seed);
    writeFileSync(join(left.folder, 'a.db-wal'), randomFrom(seed).bytes(8192));
    await refusesOrIsExact(left);
  });
});
