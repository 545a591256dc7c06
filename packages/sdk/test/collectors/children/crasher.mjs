/**
 * A command-line app that crashes.
 *
 *   node crasher.mjs '{"directory", "how", "isWatched"}'
 */
import { boolean, createClient, defineRegistry, text } from '@dither/sdk';
import { collectCrashes } from '@dither/sdk/collectors/crashes';
import { oneTimeRappor, rr } from '@dither/sdk/mechanisms';
import { nodePlatform } from '@dither/sdk/node';

const { directory, how, isWatched } = JSON.parse(process.argv[2]);
const about = { description: 'x', purpose: 'x', owner: 'x', period: 7, expires: '2099-12-31' };
const client = createClient({
  registry: defineRegistry({
    app: 'org.example.crasher',
    expectedClients: 1000,
    metrics: {
      crash: boolean({ ...about, mechanism: rr }),
      signature: text({ ...about, mechanism: oneTimeRappor }),
    },
  }),
  endpoint: 'http://127.0.0.1:9',
  platform: nodePlatform({ directory }),
});
await client.consent.grant();
if (isWatched) collectCrashes(client, { crashed: 'crash', signature: 'signature' });

function openDocument() {
  throw new TypeError('a secret of the person');
}

const ways = {
  throws: () => openDocument(),
  rejects: () => void Promise.resolve().then(openDocument),
  survives() {
    process.on('uncaughtException', () => {
      console.error('survived');
      process.exitCode = 3;
    });
    openDocument();
  },
};
setTimeout(ways[how], 0);
