import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DecodeReport } from '@dither/sim';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Outcome, sim } from './support/in-process.js';

const [K, H, M, P, Q, F, N] = [32, 2, 4, 0.4, 0.7, 0.25, 1_000_000];
const TEXTS = Array.from({ length: 15 }, (_, v) => `site-${v}.example`);
const SHARES = [0.4, 0.2, 0.1, 0.05];

/** Two bits in each cohort, different for each text; the last two texts set the same ones. */
function bitsOf(v: number): number[] {
  const own = Math.min(v, TEXTS.length - 2);
  return Array.from({ length: M }, (_, cohort) => [
    cohort * K + own,
    cohort * K + 16 + ((own * (2 * cohort + 1) + cohort) % 16),
  ]).flat();
}

/** What N installations in each cohort report on average, by the definition of the two stages. */
function countsOf(cohort: number): number[] {
  const permanentGivenSet = 1 - F / 2;
  const permanentGivenUnset = F / 2;
  return Array.from({ length: K }, (_, bit) => {
    const share = SHARES.reduce((sum, s, v) => sum + (bitsOf(v).includes(cohort * K + bit) ? s : 0), 0);
    const permanent = share * permanentGivenSet + (1 - share) * permanentGivenUnset;
    return Math.round(N * (permanent * Q + (1 - permanent) * P));
  });
}

const files = {
  params: `"k","h","m","p","q","f"\n${[K, H, M, P, Q, F].join()}\n`,
  counts: `${Array.from({ length: M }, (_, cohort) => [N, ...countsOf(cohort)].join()).join('\n')}\n`,
  map: `${TEXTS.map((text, v) => `"${text}",${bitsOf(v).map((bit) => bit + 1)}`).join('\n')}\n`,
};

let folder = '';

const start = process.cwd();

function decode(...args: string[]): Promise<Outcome> {
  const own = ['params', 'counts', 'map'].filter((name) => !args.includes(`--${name}`));
  return sim('decode', ...own.flatMap((name) => [`--${name}`, `${name}.csv`]), ...args);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dither-decode-'));
  process.chdir(folder);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, `${name}.csv`), text);
});

afterAll(async () => {
  process.chdir(start);
  await rm(folder, { recursive: true });
});

describe('dither-sim decode', () => {
  it.each(['wls', 'published'])('finds the texts and their shares in noiseless counts, by %s', async (method) => {
    const { code, out, notes } = await decode('--method', method, '--json');
    expect(notes).toBe('');
    expect(code).toBe(0);
    const report = JSON.parse(out) as DecodeReport;
    expect(report).toMatchObject({ command: 'decode', method, n: M * N, candidates: 15, detected: 4 });
    expect(report.texts.map(({ text }) => text)).toEqual(TEXTS);
    SHARES.forEach((share, v) => {
      // Counts are rounded to a millionth of the reports.
      expect(report.texts[v]?.estimate).toBeCloseTo(share, 4);
      expect(report.texts[v]).toMatchObject({ detected: true });
    });
    expect(report.mass).toBeCloseTo(0.75, 3);
    for (const { detected } of report.texts.slice(4)) expect(detected).toBe(false);
  });

  it('says which texts cannot be told apart, and what no candidate explains', async () => {
    const report = JSON.parse((await decode('--json')).out) as DecodeReport;
    expect(report.texts.filter(({ confusedWith }) => confusedWith).map(({ text }) => text)).toEqual(TEXTS.slice(-2));
    expect(report.texts.at(-1)?.confusedWith).toEqual(TEXTS.slice(-2, -1));
    expect(report.withText?.value).toBeCloseTo(0.75, 3);
    expect(report.unexplained?.value).toBeCloseTo(0, 3);
  });

  it('prints a table', async () => {
    const { code, out } = await decode();
    expect(code).toBe(0);
    expect(out).toContain('4,000,000 reports in 4 cohorts of 32 bits');
    expect(out).toMatch(/^ {2}"site-0\.example" +40\.00% .+ yes /m);
    expect(out).toContain('Detected: 4 of 15 candidates, which hold 75.00% of the reports');
    expect(out).toContain('2 candidates cannot be told from others');
    // Of half a million standard errors; and nobody knows what is true.
    expect(out).toMatch(/"site-0\.example" .+ <1e-300 +yes /);
    expect(out).not.toContain('| truth');
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
  });

  it('warns when the parameters do not fit the counts', async () => {
    expect((JSON.parse((await decode('--json')).out) as DecodeReport).warnings).toEqual([]);
    expect((await decode()).out).not.toContain('Warning');
    // With p and q as close as these the same counts stand for three times the share.
    await writeFile(join(folder, 'other.csv'), `k,h,m,p,q,f\n${[K, H, M, P, 0.5, F].join()}\n`);
    const report = JSON.parse((await decode('--params', 'other.csv', '--json')).out) as DecodeReport;
    expect(report.withText?.value).toBeGreaterThan(1.5);
    expect(report.warnings).toEqual(['the parameters do not fit the counts']);
    expect((await decode('--params', 'other.csv')).out).toMatch(/^Warning: the parameters do not fit the counts\.$/m);
  });

  it('says nothing of counts without reports', async () => {
    await writeFile(join(folder, 'zeros.csv'), `0${',0'.repeat(K)}\n`.repeat(M));
    const { code, out } = await decode('--counts', 'zeros.csv');
    expect(code).toBe(0);
    expect(out).not.toMatch(/Infinity|NaN/);
    expect(out).toMatch(/^ {2}"site-0\.example" +0\.00% +- /m);
    const report = JSON.parse((await decode('--counts', 'zeros.csv', '--json')).out) as DecodeReport;
    expect(report).toMatchObject({ n: 0, detected: 0, warnings: [], withText: { standardError: null } });
  });

  it('prints no text as it is that a terminal would obey, turn around or not show', async () => {
    const map = files.map.replace('site-0', '\x1b[2J\u202e').replace('site-1.', '\u{e0061}\u{1f600}');
    await writeFile(join(folder, 'odd.csv'), map);
    const { out } = await decode('--map', 'odd.csv');
    expect(out).toMatch(/^ {2}"\\u001b\[2J\\u202e\.example" +40\.00%/m);
    expect(out).toMatch(/^ {2}"\\u\{e0061\}\u{1f600}example" +20\.00%/mu);
  });

  it('takes lines whose hash functions agree, padded or not, and a byte-order mark', async () => {
    const lines = files.map.split('\n');
    const dropped = lines.map((line, v) => (v === 5 ? `${line.slice(0, line.lastIndexOf(','))},` : line));
    await writeFile(join(folder, 'padded.csv'), `\uFEFF${dropped.join('\r\n')}\r\n`);
    const { code, notes } = await decode('--map', 'padded.csv');
    expect(notes).toBe('');
    expect(code).toBe(0);
  });

  it.each([
    ['params', 'k,h,m\n1,2,3\n', ':1:1: aggregates-malformed: the first line is k,h,m,p,q,f'],
    ['params', '', ':1:1: aggregates-malformed: a row of parameters follows'],
    ['params', 'k,h,m,p,q,f\n', ':1:1: aggregates-malformed: a row of parameters follows'],
    ['params', 'k,h,m,p,q,f\n32,2,4,.4,.7\n', ':2:13: aggregates-malformed: a row has a number for each'],
    ['params', 'k,h,m,p,q,f\n32,2.5,4,.4,.7,0\n', ':2:4: aggregates-malformed: k, h and m are whole numbers'],
    ['params', 'k,h,m,p,q,f\n32,2,4,.7,.4,0\n', ':2:8: aggregates-malformed: p and q are probabilities'],
    ['params', 'k,h,m,p,q,f\n32,2,4,.4,.7,1\n', ':2:14: aggregates-malformed: f is a share'],
    ['params', 'k,h,m,p,q,f\n32,2,4,.4,.7,0\n32,2,4,.4,.7,0\n', ':3:1: aggregates-malformed: there is one row'],
    ['counts', '10,1\n', ':1:5: aggregates-malformed: a line has 33 numbers'],
    ['counts', `10${',11'.repeat(32)}\n`, ':1:4: aggregates-malformed: counts are whole numbers'],
    ['counts', `10,1${',x'.repeat(31)}\n`, ':1:6: aggregates-malformed: counts are whole numbers'],
    ['counts', `10${',1'.repeat(32)}\n\n`, ':1:1: aggregates-malformed: there are 4 cohorts, as m says, and 1 lines'],
    ['counts', `10${',1'.repeat(32)}\n`.repeat(5), ':5:1: aggregates-malformed: there are 4 cohorts'],
    ['map', '', ':1:1: aggregates-malformed: there is a line for each candidate'],
    ['map', 'a,1,33,65,97\n"b,1\n', ':2:1: aggregates-malformed: a line begins with a text'],
    ['map', 'a,1,33,65,129\n', ':1:11: aggregates-malformed: bits are whole numbers from 1 to 128'],
    ['map', 'a,0,33,65,97\n', ':1:3: aggregates-malformed: bits are whole numbers'],
    ['map', 'a,1,2,3,33,65,97\n', ':1:1: aggregates-malformed: a text sets 1 to 2 bits in each of 4 cohorts'],
    ['map', 'a,1,33,65\n', ':1:1: aggregates-malformed: a text sets 1 to 2 bits in each of 4 cohorts'],
    ['map', 'a,1,33,65,97\nb,2,34,66,98\n', ':2:1: aggregates-malformed: h says 2 bits and no text sets more than 1'],
  ])('refuses what %s.csv holds, with file and line (%#)', async (name, text, message) => {
    await writeFile(join(folder, 'bad.csv'), text);
    const { code, out, notes } = await decode(`--${name}`, 'bad.csv');
    expect(notes).toContain(`bad.csv${message}`);
    expect(out).toBe('');
    expect(code).toBe(2);
  });

  it.each([
    ['a missing file', ['--map', 'gone.csv'], 'gone.csv: file-unreadable'],
    ['an unknown method', ['--method', 'lasso'], 'argument-invalid: --method is one of wls, published'],
    ['an unknown argument', ['--clients', '3'], 'argument-unknown: --clients'],
  ])('refuses %s', async (_what, args, message) => {
    const { code, notes } = await decode(...args);
    expect(notes).toContain(message);
    expect(code).toBe(2);
  });
});
