import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { commandLine } from '../src/page/command-line.js';
import type { Page } from '../src/page/page.js';
import { pageText } from '../src/page/text.js';
import { intervals, pages } from './sample-pages.js';

const plain = { isColoured: false };

function pageOf(section: Partial<Page['sections'][number]>): Page {
  const { lead, command, facts } = pages['run'] as Page;
  return { title: 'run', lead, command, facts, sections: [{ heading: 'feature', sentence: 'All hold.', ...section }] };
}

describe('the page as text', () => {
  it('says the answer first, then what it rests on, tables with bars, and how to make it again', () => {
    const text = pageText(
      pageOf({
        chart: {
          kind: 'intervals',
          axis: { label: 'share', scale: 'linear', format: 'share' },
          rows: [
            { label: 'search', truth: 0.2, estimate: 0.25, low: 0.2, high: 0.3 },
            { label: 'undo', truth: 0.1, estimate: Number.NaN, low: Number.NaN, high: Number.NaN },
          ],
        },
        table: {
          header: ['', 'truth'],
          rows: [
            ['search', '20%'],
            ['undo', '0%'],
          ],
          left: '3 more are in --json',
        },
        notes: ['Small print.'],
      }),
      plain,
    );
    expect(text).toBe(`With 50,000 installations you will see any feature used by more than 0.9%.

population     zipf:1.1
installations  50,000
seed           7

feature
All hold.

          truth  [ ] interval, o estimate, | truth
  search    20%                    |----o---]
  undo       0%           |
  3 more are in --json

Small print.

The same again:
dither-sim run --population zipf:1.1 --clients 50000 --seed 7
`);
  });

  it('says where a chart is that has no table beside it', () => {
    const axis = { label: 'day', scale: 'linear', format: 'number' } as const;
    const series = [{ label: 'spent', shape: 'line', points: [{ x: 0, y: 0 }] }] as const;
    const text = pageText(pageOf({ chart: { kind: 'lines', x: axis, y: axis, series } }), plain);
    expect(text).toContain('\nfeature\nAll hold.\n\n(a chart: --out FILE.html)\n');
  });

  it('names no truth in the legend where none is known', () => {
    const axis = { label: 'share', scale: 'linear', format: 'share' } as const;
    const rows = [{ label: 'search', truth: null, estimate: 0.25, low: 0.2, high: 0.3 }];
    const text = pageText(pageOf({ chart: { kind: 'intervals', axis, rows } }), plain);
    expect(text).toContain('[ ] interval, o estimate\n');
  });

  it('has colours only where they are asked for, and says the same in them', () => {
    for (const page of Object.values(pages)) {
      const coloured = pageText(page, { isColoured: true });
      expect(coloured).toContain('\u001b[1m');
      expect(stripVTControlCharacters(coloured)).toBe(pageText(page, plain));
    }
  });

  it('has nothing in it that a terminal would obey', () => {
    const text = pageText(
      pageOf({
        heading: '\u001b[2Jgone',
        notes: ['\u202eback', 'a\nb'],
        table: { header: ['\u0007'], rows: [['\u009b31m']] },
      }),
      plain,
    );
    expect(text).not.toMatch(/[^\n\P{Cc}]|\p{Cf}/u);
    expect(text).toContain('\\u001b[2Jgone');
    expect(text).toContain('a\\u000ab');
  });

  it('has numbers to the right, names and sentences to the left', () => {
    const table = {
      header: ['mechanism', 'bytes', 'why'],
      rows: [
        ['oue', '128', 'needs no less'],
        ['hadamard-response', '4', '-'],
      ],
    };
    expect(pageText(pageOf({ table }), plain)).toContain(`
  mechanism          bytes  why
  oue                  128  needs no less
  hadamard-response      4  -
`);
  });

  it('breaks lines between words, and a wide table into blocks under the same names', () => {
    const columns = Array.from({ length: 20 }, (_, i) => `column ${i}`);
    const text = pageText(
      pageOf({
        sentence: 'word '.repeat(60).trim(),
        table: { header: ['', ...columns], rows: [['search', ...columns.map((_, i) => `${i}%`)]] },
      }),
      plain,
    );
    const lines = text.split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(120);
    expect(lines.filter((line) => line.startsWith('  search'))).toHaveLength(2);
    expect(text).toContain('19%');
  });

  it('leaves charts out, but for bars where rows are those of a table or there is none', () => {
    expect(pageText(pages['compare'] as Page, plain)).not.toContain('interval');
    const other = { header: ['', 'x'], rows: [['another', '1']] };
    expect(pageText(pageOf({ ...intervals, table: other }), plain)).not.toContain('interval,');
    const { table: _, ...bare } = intervals;
    expect(pageText(pageOf(bare), plain)).toMatch(/search +\[-?\|/);
  });
});

describe('a command', () => {
  it('can be pasted into a shell as it is', () => {
    expect(commandLine(['plan', '--wish', 'p75 within 5%', "it's", '', '$HOME', 'a=b,c:d'])).toBe(
      `dither-sim plan --wish 'p75 within 5%' 'it'\\''s' '' '$HOME' a=b,c:d`,
    );
  });
});
