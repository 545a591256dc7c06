import type { WriteKey } from '../../access/write-keys.js';
import { AdminError } from '../../errors.js';
import { defineCommand, type Io, json, reach } from '../command.js';
import { withOperator } from '../operator.js';
import { table } from '../table.js';

const operands = { APP: 'as its registry names it' } as const;

export const keyCreate = defineCommand({
  meta: {
    name: 'key create',
    summary: 'makes the write key of an app, and prints it',
    detail:
      'From then on the app\'s batches need the header "dither-key: KEY". Those without one are asked to come again, for 8 days at most: give an app that was released without a key time with --required-from. A key ships in the app, is the same for everyone, and keeps out strays, not forgers.',
  },
  operands,
  options: {
    'required-from': { value: 'YYYY-MM-DD', summary: 'until then batches without a key are taken, too (at once)' },
    key: { value: 'KEY', summary: 'one that was made before, and that a restored backup does not have (a new one)' },
    ...json,
  },
  settings: reach,
  async run({ operands: { APP }, options, configuration: { config } }, io) {
    const { key: known, 'required-from': requiredFrom } = options;
    const wanted = { app: APP, ...text('key', known), ...text('requiredFrom', requiredFrom) };
    const key = await withOperator(config, (operator) => operator.createKey(wanted), { mayCreate: true });
    io.note(`key ${key.id}: batches of ${APP} need it from ${key.requiredFrom ?? 'now'} on\n`);
    print(key, options.json === true, io);
    return 0;
  },
});

export const keyRotate = defineCommand({
  meta: {
    name: 'key rotate',
    summary: 'makes a new write key of an app, and prints it; those before it are taken for 180 days more',
  },
  operands,
  options: json,
  settings: reach,
  async run({ operands: { APP }, options, configuration: { config } }, io) {
    const key = await withOperator(config, (operator) => operator.rotateKey({ app: APP }));
    io.note(`key ${key.id}: the new one of ${APP}; key list says until when the others are taken\n`);
    print(key, options.json === true, io);
    return 0;
  },
});

export const keyList = defineCommand({
  meta: { name: 'key list', summary: 'lists the write keys' },
  operands: {},
  options: { app: { value: 'APP', summary: 'those of one app (all)' }, ...json },
  settings: reach,
  async run({ options: { app, json: isJson }, configuration: { config } }, io) {
    const keys = await withOperator(config, (operator) => operator.listKeys(typeof app === 'string' ? { app } : {}));
    io.out(isJson === true ? `${JSON.stringify(keys, null, 2)}\n` : rendered(keys));
    return 0;
  },
});

export const keyRevoke = defineCommand({
  meta: {
    name: 'key revoke',
    summary: 'has a write key refused from now on; an app whose last one it was needs none',
  },
  operands: { ID: 'as key list says it' },
  options: {},
  settings: reach,
  async run({ operands: { ID }, configuration: { config } }, io) {
    const wasThere = await withOperator(config, (operator) => operator.revokeKey({ id: ID }));
    if (!wasThere) throw new AdminError('not-found', `there is no key ${ID}`);
    io.note(`key ${ID}: revoked\n`);
    return 0;
  },
});

/** An option that was given, by the name the operation has for it. */
function text<Name extends string>(name: Name, given: string | true | undefined): { readonly [name in Name]?: string } {
  return typeof given === 'string' ? ({ [name]: given } as { readonly [name in Name]: string }) : {};
}

function print(key: WriteKey, isJson: boolean, io: Io): void {
  io.out(isJson ? `${JSON.stringify(key, null, 2)}\n` : `${key.key}\n`);
}

function rendered(keys: readonly WriteKey[]): string {
  const rows = keys.map(({ id, app, key, created, until, requiredFrom }) => [
    id,
    app,
    key,
    created,
    until ?? 'no end',
    requiredFrom ?? 'at once',
  ]);
  return table([['id', 'app', 'key', 'created', 'taken until', 'required from'], ...rows])
    .map((line) => `${line}\n`)
    .join('');
}
