import { expect, it } from 'vitest';
import { repeating } from '../../src/collectors/_repeat.js';
import { collected } from './registry.js';
import { timers, watched } from './watched.js';

async function facts(isAsked: boolean) {
  const { client, drops, news } = await watched(collected, { isAsked });
  const time = timers();
  const stop = repeating(client, time, 1000, () => client.record('crash'));
  return { client, drops, stop, time, told: () => news().length };
}

it('tells a fact at once: what runs for a moment only has told it', async () => {
  const { client, told, drops } = await facts(true);
  expect(told()).toBe(1);
  await client.stop();
  expect(await drops()).toEqual({});
});

it('tells it again once the person agrees, and not because storage was read', async () => {
  const { client, told } = await facts(false);
  expect(told()).toBe(1);
  await client.ready;
  expect(client.consent.status).toBe('unknown');
  expect(told()).toBe(0);
  await client.consent.grant();
  expect(told()).toBe(1);
  await client.consent.grant();
  expect(told()).toBe(0);
});

it('tells it once where the person had agreed before', async () => {
  const { client, told } = await facts(true);
  await client.ready;
  await client.flush();
  expect(told()).toBe(1);
});

it('tells it once where the person agrees before storage has been read', async () => {
  const { client, drops, told } = await facts(false);
  await client.consent.grant();
  await client.ready;
  expect(told()).toBeGreaterThan(0);
  const { 'no-consent': lost = 0 } = await drops();
  expect(lost).toBe(0);
});

it('tells it at intervals while there is consent, and again after consent was given back', async () => {
  const { client, time, told } = await facts(true);
  time.run();
  time.run();
  expect(told()).toBe(3);
  await client.consent.withdraw();
  time.run();
  expect(told()).toBe(0);
  await client.consent.grant();
  expect(told()).toBe(1);
});

it('tells nothing once it is stopped', async () => {
  const { client, stop, time, told } = await facts(false);
  await client.ready;
  stop();
  await client.consent.grant();
  time.run();
  expect(time.delays).toEqual([]);
  expect(told()).toBe(1);
});
