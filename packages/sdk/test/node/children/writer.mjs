/**
 * Writes two texts, one after the other, until it is killed; says when the first is there.
 *
 *   node writer.mjs '{"directory"}'
 */
import { nodePlatform } from '@dither/sdk/node';

const { directory } = JSON.parse(process.argv[2]);
const { storage } = nodePlatform({ directory });
for (let n = 1; ; n++) {
  const text = JSON.stringify({ n, filler: String(n % 10).repeat(50_000) });
  await storage.write([
    ['first', text],
    ['second', text],
  ]);
  if (n === 1) console.log('written');
}
