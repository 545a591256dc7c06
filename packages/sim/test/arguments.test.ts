import { describe, expect, it } from 'vitest';
import { attack } from '../src/commands/attack.js';
import { type Command, defineCommand, readArguments } from '../src/commands/command.js';
import { compare } from '../src/commands/compare.js';
import { decode } from '../src/commands/decode.js';
import { longitudinal } from '../src/commands/longitudinal.js';
import { plan } from '../src/commands/plan.js';
import { run } from '../src/commands/run.js';
import { shuffle } from '../src/commands/shuffle.js';

const commands: readonly Command[] = [run, compare, plan, longitudinal, attack, shuffle, decode];

const example = defineCommand<'metric' | 'registry' | 'kind' | 'values' | 'seed'>({
  meta: { name: 'example', summary: 'an example', detail: 'An example.' },
  args: {
    registry: { value: 'FILE', summary: 'a file' },
    metric: { value: 'ID', summary: 'of it', needs: 'registry' },
    kind: { value: 'KIND', summary: 'without it', excludes: ['registry'] },
    values: { value: 'K', summary: 'of a category', excludes: ['registry', 'kind=boolean'] },
    seed: { value: 'TEXT', summary: 'a text', isShown: true },
  },
  run: () => Promise.resolve(0),
});

describe('arguments', () => {
  it('are taken where each of them is heeded', () => {
    const given = { registry: 'r', metric: 'm', seed: 'a b' };
    expect(readArguments(example, ['--registry', 'r', '--metric', 'm', '--seed', 'a b'])).toEqual(given);
    expect(readArguments(example, ['--kind', 'category', '--values', '4'])).toEqual({ kind: 'category', values: '4' });
  });

  it.each([
    [['--metric', 'm'], 'argument-missing: --metric says nothing without --registry'],
    [['--kind', 'count', '--registry', 'r'], 'argument-invalid: --kind says nothing beside --registry'],
    [['--values', '4', '--kind', 'boolean'], 'argument-invalid: --values says nothing beside --kind boolean'],
    [['--values', '4', '--values', '4'], 'argument-invalid: --values is given once'],
    [['--registry', ''], 'argument-missing: --registry takes a value: FILE'],
    [['--seed', 'a\u0007'], 'argument-invalid: --seed is a text without control characters'],
  ])('are refused where one would be ignored, or shown as another: %j', (args, message) => {
    expect(() => readArguments(example, args)).toThrow(message);
  });

  it.each<[Command, string, string]>([
    [compare, '--registry r.json --metric os --kind timing', '--kind says nothing beside --registry'],
    [compare, '--registry r.json --metric os --values 900', '--values says nothing beside --registry'],
    [compare, '--kind boolean --values 5', '--values says nothing beside --kind boolean'],
    [plan, '--wish mean --kind count --range 0:5', '--range says nothing beside --kind count'],
    [shuffle, '--registry r.json --epsilon 2', '--epsilon says nothing without --mechanism'],
    [shuffle, '--mechanism oue --metric os', '--metric says nothing without --registry'],
    [attack, '--mechanism local-hashing --draws chosen --tries 5', '--tries says nothing beside --draws chosen'],
  ])('are refused by $meta.name: %s', (command, args, message) => {
    expect(() => readArguments(command, args.split(' '))).toThrow(message);
  });

  it('name others of the same command where they need or exclude them', () => {
    for (const { meta, args } of commands) {
      for (const [name, { needs, excludes = [] }] of Object.entries(args)) {
        const others = [...(needs === undefined ? [] : [needs]), ...excludes.map((other) => other.split('=')[0])];
        for (const other of others) expect(Object.keys(args), `${meta.name} --${name}`).toContain(other);
      }
    }
  });
});
