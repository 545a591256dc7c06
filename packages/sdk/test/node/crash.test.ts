import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { registryToJson } from '@dither/protocol';
import type { Inspection } from '@dither/sdk/inspect';
import { expect, it } from 'vitest';
import { runChild, startReceiver, temporaryFolder } from '../support/children.js';
import { DAY, MINUTE, MORNING } from '../support/installation.js';
import { reportsIn } from '../support/receiver.js';
import { everyAggregate } from '../support/registry.js';

it('ten processes in a period, the last killed in the instant after a crash: the next period reports both', async () => {
  const directory = await temporaryFolder();
  const { endpoint, messages } = await startReceiver();
  const registry = registryToJson(everyAggregate);
  const run = (wall: number, steps: readonly (readonly unknown[])[]) =>
    runChild('app', { directory, endpoint, registry, seed: `crash-${wall}`, wall, steps });

  for (let i = 0; i < 9; i++) {
    const ended = await run(MORNING + i * MINUTE, [...(i === 0 ? [['grant']] : []), ['record', 'clicks'], ['stop']]);
    expect(ended).toMatchObject({ code: 0, signal: null });
  }
  const killed = await run(MORNING + 10 * MINUTE, [['record', 'clicks'], ['record', 'crash'], ['flushNow'], ['kill']]);
  expect(killed).toMatchObject({ code: null, signal: 'SIGKILL' });
  expect(await readdir(join(directory, 'notes'))).toHaveLength(1);

  const later = await run(MORNING + 11 * MINUTE, [['inspect'], ['stop']]);
  const { open } = JSON.parse(later.output) as Inspection;
  const values = Object.fromEntries(open.map(({ metric, value }) => [metric, value]));
  expect(values).toMatchObject({ clicks: '10', crash: 'yes' });
  expect(await readdir(join(directory, 'notes'))).toEqual([]);

  expect(messages).toEqual([]);
  await run(MORNING + DAY, [['stop']]);
  await run(MORNING + 2 * DAY, [['advance', 2 * MINUTE], ['stop']]);
  const reports = reportsIn(messages, everyAggregate);
  expect(reports.map(({ metric, window }) => [metric, window])).toEqual(
    everyAggregate.wire.map(({ id }) => [id, 20_440]),
  );
  expect((await readdir(directory)).sort()).toEqual(
    expect.arrayContaining(['consent.json', 'ledger.json', 'notes', 'open.json', 'queue.json']),
  );
});
