import type { ReadToken, Scope } from '../../access/tokens.js';
import type { OperationArguments } from '../../admin/operations.js';
import { AdminError, ConfigError } from '../../errors.js';
import { defineCommand, type Given, json, reach } from '../command.js';
import { withOperator } from '../operator.js';
import { table } from '../table.js';

const SCOPES: readonly Scope[] = ['read', 'candidates'];

export const tokenCreate = defineCommand({
  meta: {
    name: 'token create',
    summary: 'makes a token to read with, and prints its secret: once, on standard output alone',
    detail:
      'Until there is one, whoever reaches the server over loopback may read. From the first one on every read needs the header "authorization: Bearer SECRET", also once it is revoked.',
  },
  operands: { NAME: 'whose it is, for people' },
  options: {
    scopes: { value: 'LIST', summary: 'read, candidates (changes lists of candidates), or both with a comma (read)' },
    apps: { value: 'LIST', summary: 'whose metrics it reads, with commas (all)' },
    expires: { value: 'DAY', summary: 'last day on which it is taken, YYYY-MM-DD (none)' },
    ...json,
  },
  settings: reach,
  async run({ operands: { NAME }, options, configuration: { config } }, io) {
    const wanted = wantedToken(NAME, options);
    const made = await withOperator(config, (operator) => operator.createToken(wanted), { mayCreate: true });
    io.note(`token ${made.token.id} for ${NAME}: its secret is not shown again\n`);
    io.out(
      options.json === true
        ? `${JSON.stringify({ ...made.token, secret: made.secret }, null, 2)}\n`
        : `${made.secret}\n`,
    );
    return 0;
  },
});

export const tokenList = defineCommand({
  meta: { name: 'token list', summary: 'lists the tokens, without their secrets: those are not kept' },
  operands: {},
  options: json,
  settings: reach,
  async run({ options, configuration: { config } }, io) {
    const tokens = await withOperator(config, (operator) => operator.listTokens({}));
    io.out(options.json === true ? `${JSON.stringify(tokens, null, 2)}\n` : rendered(tokens));
    return 0;
  },
});

export const tokenRevoke = defineCommand({
  meta: {
    name: 'token revoke',
    summary: 'has a token refused from now on',
    detail:
      'Reads stay closed without one, also where it was the last. If it could not be stored that it is revoked, the server refuses it until its next start alone: revoke it again once there is room.',
  },
  operands: { ID: 'as token list says it' },
  options: {},
  settings: reach,
  async run({ operands: { ID }, configuration: { config } }, io) {
    const left = await withOperator(config, async (operator) => {
      const wasThere = await operator.revokeToken({ id: ID });
      if (!wasThere) throw new AdminError('not-found', `there is no token ${ID}`);
      return operator.listTokens({});
    });
    io.note(`token ${ID}: revoked\n`);
    if (left.length === 0) io.note('it was the last one: nobody reads until another is made\n');
    return 0;
  },
});

type Options = Given<string, 'scopes' | 'apps' | 'expires'>['options'];

function wantedToken(name: string, { scopes, apps, expires }: Options): OperationArguments<'createToken'> {
  return {
    name,
    scopes: typeof scopes === 'string' ? scopes.split(',').map(scopeOf) : ['read'],
    ...(typeof apps === 'string' ? { apps: apps.split(',') } : {}),
    ...(typeof expires === 'string' ? { expires } : {}),
  };
}

/** @throws ConfigError */
function scopeOf(text: string): Scope {
  const scope = SCOPES.find((known) => known === text);
  if (scope === undefined)
    throw new ConfigError(`--scopes: ${JSON.stringify(text)} is not one of ${SCOPES.join(', ')}`);
  return scope;
}

function rendered(tokens: readonly ReadToken[]): string {
  const rows = tokens.map(({ id, name, scopes, apps, created, expires }) => [
    id,
    name,
    scopes.join(','),
    apps?.join(',') ?? 'all',
    created,
    expires ?? 'never',
  ]);
  return table([['id', 'name', 'scopes', 'apps', 'created', 'expires'], ...rows])
    .map((line) => `${line}\n`)
    .join('');
}
