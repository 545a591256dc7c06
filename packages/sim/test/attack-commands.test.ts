import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registryToJson } from '@dither/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attackPage } from '../src/attack/page.js';
import type { AttackReport } from '../src/attack/report.js';
import { attack } from '../src/commands/attack.js';
import { readArguments } from '../src/commands/command.js';
import { shuffle } from '../src/commands/shuffle.js';
import { SimError } from '../src/errors.js';
import type { Io } from '../src/io.js';
import { batchMessage } from '../src/shuffle/messages.js';
import { shufflePage } from '../src/shuffle/page.js';
import { quickMessages, type ShuffleReport, shuffleReport } from '../src/shuffle/report.js';
import { sampled, small } from './small-registry.js';

const folder = tmpdir();
const file = join(folder, `attack-commands-${process.pid}.json`);
const html = join(folder, `attack-commands-${process.pid}.html`);

beforeAll(async () => {
  await writeFile(file, JSON.stringify(registryToJson(small)));
});

afterAll(async () => {
  await rm(file, { force: true });
  await rm(html, { force: true });
});

async function output(command: typeof attack | typeof shuffle, argv: readonly string[]): Promise<string> {
  let text = '';
  const io: Io = {
    out: (part) => {
      text += part;
    },
    note: () => undefined,
    isTerminal: false,
    isColoured: false,
    now: () => 0,
    stop: new AbortController().signal,
  };
  const code = await command.run(readArguments(command as never, argv) as never, io);
  expect(code).toBe(0);
  return text;
}

async function refusal(command: typeof attack | typeof shuffle, argv: readonly string[]): Promise<string> {
  const error: unknown = await output(command, argv).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof SimError)) throw error ?? new Error('it was not refused');
  return error.code;
}

describe('shuffle, the command', () => {
  it('says what a report and what a whole batch of a registry tells, with the conditions', async () => {
    const report = JSON.parse(
      await output(shuffle, [
        '--registry',
        file,
        '--clients',
        '1000,100',
        '--delta',
        '.001',
        '--forged',
        '.1',
        '--json',
      ]),
    ) as ShuffleReport;
    const [batch, ...metrics] = report.messages;
    // Four of epsilon 1 and one of 2.
    expect(batch).toMatchObject({ kind: 'batch', label: 'whole batch', mechanism: null, epsilon: 6 });
    expect(metrics.map(({ label }) => label)).toEqual(['colour', 'load', 'memory', 'opened', 'used']);
    expect(batch?.batches.map(({ clients, honest }) => [clients, honest])).toEqual([
      [100, 90],
      [1000, 900],
    ]);
    for (const { epsilon, batches } of report.messages) {
      expect(batches[1]?.epsilon).toBeLessThan(batches[0]?.epsilon ?? 0);
      expect(batches[0]?.epsilon).toBeLessThanOrEqual(epsilon);
    }
    for (const word of ['ONE message', 'cohort or seed', 'at most 10%', 'does not work together', 'one round']) {
      expect(report.conditions.some((condition) => condition.includes(word))).toBe(true);
    }
    expect(report.conditions.some((condition) => condition.includes('latched'))).toBe(false);
  });

  it('takes the most that fits together for the batch of a registry whose metrics are drawn', () => {
    expect(batchMessage(small).epsilon).toBe(6);
    // Of a budget of 3, in steps of the largest charge.
    expect(batchMessage(sampled).epsilon).toBe(2);
  });

  it('prints the figure rounded up, its conditions, and the command that makes it again', async () => {
    const argv = ['--mechanism', 'oue', '--values', '64', '--clients', '500', '--delta', '1e-6'];
    const text = await output(shuffle, [...argv, '--out', html]);
    const { messages } = JSON.parse(await output(shuffle, [...argv, '--json'])) as ShuffleReport;
    const exact = messages[0]?.batches[0]?.epsilon ?? Number.NaN;
    const printed = Number(/centrally \(([\d.]+), 0.000001\)/.exec(text)?.[1]);
    expect(printed).toBeGreaterThanOrEqual(exact);
    expect(printed).toBeLessThan(exact * 1.002);
    expect(text).toContain('One message per person and round');
    expect(text).toContain('shuffle --mechanism oue --values 64 --clients 500 --delta 1e-6');
    expect(await readFile(html, 'utf8')).toContain('<svg');
  });

  it('refuses what it cannot use', async () => {
    expect(await refusal(shuffle, [])).toBe('argument-missing');
    expect(await refusal(shuffle, ['--registry', file, '--mechanism', 'oue'])).toBe('argument-missing');
    expect(await refusal(shuffle, ['--registry', file, '--metric', 'nothing'])).toBe('metric-unknown');
    expect(await refusal(shuffle, ['--mechanism', 'nothing'])).toBe('mechanism-unknown');
    expect(await refusal(shuffle, ['--mechanism', 'rappor'])).toBe('argument-invalid');
    expect(await refusal(shuffle, ['--mechanism', 'oue', '--epsilon', '17'])).toBe('argument-invalid');
    expect(await refusal(shuffle, ['--mechanism', 'tree', '--values', '5000'])).toBe('argument-invalid');
    for (const [name, value] of [
      ['clients', '10,x'],
      ['clients', '0'],
      ['delta', '1'],
      ['delta', '0'],
      ['forged', '1'],
      ['central', '-1'],
    ]) {
      expect(await refusal(shuffle, ['--mechanism', 'oue', `--${name}`, `${value}`]), name).toBe('argument-invalid');
    }
  });

  it('is stopped between sizes, and shows the messages that are done', async () => {
    const stop = new AbortController();
    // Each message takes two turns of the event loop.
    let turns = 5;
    const count = (): void => {
      if (turns-- === 0) stop.abort();
      else setImmediate(count);
    };
    setImmediate(count);
    const message = { label: 'a', kind: 'report', epsilon: 1, totalVariation: 0.4 } as const;
    const messages = Array.from({ length: 6 }, () => message);
    const options = { arguments: [], app: null, clients: [10], delta: 0.1, central: [0.1], forged: 0, isQuick: false };
    const report = await shuffleReport({ ...options, messages }, stop.signal);
    expect(report.isPartial).toBe(true);
    expect(report.messages.length).toBeGreaterThan(0);
    expect(report.messages.length).toBeLessThan(6);
    expect(shufflePage(report).lead[0]).toContain('Stopped');
  });

  it('does in a hurry what fits, and refuses what cannot be', () => {
    const message = { label: 'a', kind: 'report', epsilon: 1, totalVariation: 0.4, support: 0.5 } as const;
    const messages = Array.from({ length: 15 }, () => message);
    expect(quickMessages(messages, [1e3, 1e4, 1e5])).toEqual({ isGeneric: false, leftOut: [], messages });
    const most = quickMessages(messages, [1e9]);
    expect(most).toMatchObject({ isGeneric: true, leftOut: new Array(11).fill('a') });
    expect(most.messages.every((each) => each.support === undefined)).toBe(true);
    expect(() => quickMessages(messages, [1e8, 2e8, 5e8, 1e9, 9e8, 8e8])).toThrow('work-too-much');
  });
});

describe('attack, the command', () => {
  const quick = ['--clients', '1000', '--repetitions', '2', '--seed', '7'];

  it('attacks a metric of a registry by the names of its values, and is the same again with the same seed', async () => {
    const argv = ['--registry', file, '--metric', 'colour', '--targets', 'red,blue', ...quick];
    const first = await output(attack, [...argv, '--json']);
    const report = JSON.parse(first) as AttackReport;
    expect(report.targets.map(({ label }) => label)).toEqual(['red', 'blue']);
    expect(report).toMatchObject({ command: 'attack', mechanism: 'grr', seed: '7', repetitions: 2, isPartial: false });
    expect(report.attacks.map(({ strategy }) => strategy)).toEqual(['maximal', 'adaptive', 'random', 'input']);
    expect(report.attacks[0]?.points.map(({ reports }) => reports)).toEqual([10, 53, 111]);
    expect(await output(attack, [...argv, '--json'])).toBe(first);
  });

  it('prints gain, detectors and what cannot be detected, and writes the page', async () => {
    const argv = ['--mechanism', 'local-hashing', '--values', '100', '--draws', 'assigned', ...quick, '--out', html];
    const text = await output(attack, argv);
    expect(text).toContain('maximal, assigned draws');
    expect(text).not.toContain('chosen draws');
    expect(text).toContain('draws: public draws that are not uniform');
    expect(text).toContain('co-support');
    expect(text).toContain('--seed 7');
    expect(await readFile(html, 'utf8')).toContain('<svg');
  });

  it('refuses what it cannot use', async () => {
    expect(await refusal(attack, [])).toBe('argument-missing');
    expect(await refusal(attack, ['--registry', file])).toBe('argument-missing');
    expect(await refusal(attack, ['--registry', file, '--metric', 'opened'])).toBe('mechanism-unknown');
    expect(await refusal(attack, ['--registry', file, '--metric', 'nothing'])).toBe('metric-unknown');
    for (const [name, value] of [
      ['forged', '0'],
      ['forged', '.6'],
      ['draws', 'stolen'],
      ['targets', '1024'],
      ['targets', '1,1024'],
      ['targets', 'red'],
      ['population', 'events.csv'],
      ['alpha', '1'],
      ['tries', '0'],
      ['repetitions', '0'],
    ]) {
      expect(await refusal(attack, ['--mechanism', 'oue', `--${name}`, `${value}`]), name).toBe('argument-invalid');
    }
  });

  it('does bounded work in a hurry, and refuses what cannot be', async () => {
    expect(await refusal(attack, ['--mechanism', 'subset-selection', '--values', '131072', '--quick'])).toBe(
      'work-too-much',
    );
  });

  it('says which gain goes unnoticed whatever share is forged, that it was stopped, and no share above all', async () => {
    const report = JSON.parse(
      await output(attack, ['--mechanism', 'oue', '--values', '50', ...quick, '--json']),
    ) as AttackReport;
    const [first, ...others] = report.attacks as [AttackReport['attacks'][number], ...AttackReport['attacks']];
    const point = (share: number, gain: number, rate: number) => ({
      ...(first.points[0] as (typeof first.points)[number]),
      share,
      gain,
      detected: { sum: rate },
    });
    const points = [point(0.05, 0.376, 0.2), point(0.1, 1.992, 1)];
    const silent = others.map((each) => ({ ...each, points: [] }));
    const page = attackPage({ ...report, isPartial: true, asked: 1000, attacks: [{ ...first, points }, ...silent] });
    expect(page.lead.join(' ')).toContain('Stopped after 2 of 1,000 repetitions.');
    expect(page.lead.join(' ')).toContain('up to 37.6 percentage points can go unnoticed');
    expect(page.lead.join(' ')).toContain('to anything up to 100%');
    expect(page.lead.join(' ')).not.toContain('199');
  });
});
