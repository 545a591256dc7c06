import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '@dither/server';
import { describe, expect, it } from 'vitest';
import { today } from '../../src/clock.js';
import { openFaults } from '../faults/faults.js';
import { NEEDS_SHIM, shim } from '../faults/shim.js';
import { temporaryFolder } from '../fixture.js';
import { keepAlive } from '../support/keep-alive.js';
import { randomFrom } from '../support/random.js';
import { until } from '../support/until.js';
import { anyBatch } from './batches.js';
import { supervise } from './supervised.js';

/** What names a batch in canonical bytes and in nothing else: day, nonce and registry together. */
const HEADER_BYTES = 27;

/** Names of the files that have any of these bytes in them. */
function filesWith(folder: string, texts: readonly Buffer[]): readonly string[] {
  return readdirSync(folder).filter((name) => {
    const bytes = readFileSync(join(folder, name));
    return texts.some((text) => bytes.includes(text));
  });
}

describe('the raw bytes of a batch', () => {
  it.runIf(shim)(`are overwritten after the fold, also on an idle server${NEEDS_SHIM}`, async () => {
    const random = randomFrom('raw batches');
    const folder = temporaryFolder();
    const faults = openFaults(join(temporaryFolder(), 'faults'));
    // What is cut off or removed is no longer in its folder, but its bytes are on the disk as they were.
    faults.set({ path: 'a.db', calls: ['truncate', 'unlink'], action: 'keep' });
    const server = supervise({ folder, environment: faults.environment, child: { foldMilliseconds: 300 } });
    const batches = Array.from({ length: 200 }, () => anyBatch(random, today(systemClock)));
    const headers = batches.map(({ bytes }) => Buffer.from(bytes.subarray(0, HEADER_BYTES)));
    const connection = keepAlive();
    for (const { bytes } of batches) {
      expect(await connection.post(await server.port(), bytes)).toMatchObject({ status: 200 });
    }
    // So that the test can see them at all.
    expect(filesWith(folder, headers)).not.toEqual([]);
    await until('a fold of the last batch', () => filesWith(folder, headers).length === 0);
    connection.close();
    expect(await server.stop()).toMatchObject({ code: 0 });
    // The write-ahead log, at the least.
    expect(faults.kept()).not.toHaveLength(0);
    expect(faults.kept().filter((bytes) => headers.some((header) => bytes.includes(header)))).toHaveLength(0);
  });
});
