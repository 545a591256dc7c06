/**
 * Adds one to a stored number, again and again, under a lock.
 *
 *   node counter.mjs '{"directory", "times"}'
 */
import { nodePlatform } from '@dither/sdk/node';

const { directory, times } = JSON.parse(process.argv[2]);
const { storage } = nodePlatform({ directory });
for (let i = 0; i < times; i++) {
  await storage.lock('counter', async () => {
    const { count } = await storage.read(['count']);
    await storage.write([['count', String(Number(count ?? 0) + 1)]]);
  });
}
