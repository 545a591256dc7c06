/**
 * A server with settings that the command has no flags for, and on request a wrong one, to see that proofs notice.
 *
 *   node server.mjs '{"registry", "database", "foldBatches"?, "foldMilliseconds"?, "broken"?}'
 */
import { randomFillSync } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { catalogue } from '@dither/mechanisms/catalogue';
import { registryFromJson } from '@dither/protocol';
import { sqliteStorage, startServer } from '@dither/server';

const { registry, database, broken, ...options } = JSON.parse(process.argv[2]);
const NONCE_AT = 3;

/** Ways to commit that look well from the outside while nothing goes wrong. */
const ways = {
  /** Answers some time before it commits; what it answered stays known. */
  'acknowledges-early'(storage) {
    const file = `${database}.known`;
    const known = new Set(existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []);
    let last = Promise.resolve();
    return async (batches) => {
      last = Promise.all([last, sleep(150)])
        .then(() => storage.commit(batches))
        .catch(() => undefined);
      return batches.map(({ nonce }) => {
        const name = Buffer.from(nonce).toString('hex');
        if (known.has(name)) return 'duplicate';
        known.add(name);
        appendFileSync(file, `${name}\n`);
        return 'accepted';
      });
    };
  },
  /** Knows the nonces of this process alone. */
  'forgets-nonces'(storage) {
    const salt = randomFillSync(new Uint8Array(16));
    return (batches) => storage.commit(batches.map((batch) => renamed(batch, salt)));
  },
  /** Says that it is a duplicate, and counts it. */
  'counts-duplicates'(storage) {
    return async (batches) => {
      const outcomes = await storage.commit(batches);
      const again = batches.filter((_, i) => outcomes[i] === 'duplicate');
      await storage.commit(again.map((batch) => renamed(batch, randomFillSync(new Uint8Array(16)))));
      return outcomes;
    };
  },
};

function renamed(batch, salt) {
  const nonce = batch.nonce.map((byte, i) => byte ^ salt[i]);
  const bytes = Uint8Array.from(batch.bytes);
  bytes.set(nonce, NONCE_AT);
  return { ...batch, nonce, bytes };
}

/** The storage with another `commit`. */
function committing(storage, commit) {
  return new Proxy(storage, {
    get(target, name) {
      const value = name === 'commit' ? commit : Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

function stop(error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}

try {
  const storage = await sqliteStorage({ path: database, ...options });
  const server = await startServer({
    registries: [registryFromJson(JSON.parse(readFileSync(registry, 'utf8')), catalogue)],
    storage: broken === undefined ? storage : committing(storage, ways[broken](storage)),
    rateLimit: false,
    onFatal: stop,
  });
  process.stderr.write(`listens on ${server.url}\n`);
  process.once('SIGTERM', () => server.close().then(() => process.exit(0), stop));
} catch (error) {
  stop(error);
}
