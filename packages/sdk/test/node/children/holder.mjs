/**
 * Takes a lock, says so, and never gives it back.
 *
 *   node holder.mjs '{"directory"}'
 */
import { nodePlatform } from '@dither/sdk/node';

const { directory } = JSON.parse(process.argv[2]);
await nodePlatform({ directory }).storage.lock('counter', async () => {
  console.log('held');
  await new Promise(() => setInterval(() => undefined, 1000));
});
