import { describe, expect, it } from 'vitest';
import { looksOf } from '../src/page/charts/looks.js';
import { COLOURS } from '../src/page/colours.js';
import { pageHtml } from '../src/page/html.js';
import { h } from '../src/page/markup.js';
import type { Page } from '../src/page/page.js';
import { HOSTILE, pages } from './sample-pages.js';

function html(name: string): string {
  return pageHtml(pages[name] as Page);
}

describe('the page as HTML', () => {
  it.each(Object.keys(pages))('asks for nothing and runs nothing: %s', (name) => {
    const text = html(name);
    expect(text).toContain(`content="default-src 'none'; style-src 'unsafe-inline'`);
    expect(text).not.toMatch(/<(script|link|img|iframe|object|base|foreignObject)\b/i);
    // Neither in attributes nor in styles: an address, or a handler of events.
    expect(text.replace(/href="#section-\d+"/g, '')).not.toMatch(/ (src|href|xlink:href|on\w+)=|url\(|@import/i);
  });

  it('says the same for the same page', () => {
    expect(html('plan')).toBe(html('plan'));
  });

  it('has no number that is none', () => {
    for (const name of Object.keys(pages)) {
      for (const [, value = ''] of html(name).matchAll(
        / (?:d|points|transform|x|y|x1|x2|y1|y2|width|height|viewBox)="([^"]*)"/g,
      )) {
        expect(value).not.toMatch(/NaN|Infinity|undefined|e[+-]/);
      }
    }
  });

  it('has the truth of texts from files, not their markup', () => {
    const text = html('awkward');
    expect(text).not.toContain(HOSTILE);
    expect(text).toContain("&lt;/text&gt;&lt;/svg&gt;&lt;script&gt;alert(&quot;1 &amp; '2'&quot;)&lt;/script&gt;");
    expect(text).not.toContain('\u202e');
  });

  it('has the numbers of each chart in a table, unless there is one with as many rows', () => {
    const count = (name: string): number => html(name).split('<details>').length - 1;
    expect([count('run'), count('longitudinal'), count('plan')]).toEqual([0, 1, 2]);
  });
});

describe('series', () => {
  it('look like the one they belong to, which leaves the marks to its points', () => {
    const points: never[] = [];
    const looks = looksOf([
      { label: 'a', shape: 'line', points },
      { label: 'a, measured', of: 'a', shape: 'points', points },
      { label: 'b', shape: 'line', points },
      { label: 'b, latched', of: 'b', shape: 'step', points },
      { label: 'c', of: 'nothing', shape: 'points', points },
    ]);
    expect(looks.map(({ index, isNamed, isBare }) => [index, isNamed, isBare])).toEqual([
      [0, true, true],
      [0, false, false],
      [1, true, false],
      [1, false, false],
      [2, true, false],
    ]);
  });
});

describe('markup', () => {
  it('is text unless it was made as an element', () => {
    expect(h('p', { title: '"><b>' }, '<b> & ', h('b', {}, 'x'), undefined, [['y']]).markup).toBe(
      '<p title="&quot;&gt;&lt;b&gt;">&lt;b&gt; &amp; <b>x</b>y</p>',
    );
  });
});

describe('colours', () => {
  it.each(['light', 'dark'] as const)('can be read and seen in %s', (scheme) => {
    const { page, panel, text, quiet, link, truth, marks } = COLOURS[scheme];
    for (const colour of [text, quiet, link]) {
      for (const ground of [page, panel]) expect(contrast(colour, ground)).toBeGreaterThanOrEqual(4.5);
    }
    for (const colour of [truth, ...marks]) expect(contrast(colour, page)).toBeGreaterThanOrEqual(3);
  });

  it.each(['light', 'dark'] as const)('differ for people who see fewer of them, in %s', (scheme) => {
    const { marks } = COLOURS[scheme];
    for (const [name, eyes] of Object.entries(EYES)) {
      const seen = marks.map((colour) => oklab(eyes.map((row) => dot(row, channels(colour)))));
      seen.forEach((a, i) => {
        // Five times what can just be told apart side by side.
        for (const b of seen.slice(0, i)) expect([name, i, distance(a, b) > 0.1]).toEqual([name, i, true]);
      });
    }
  });
});

/** Machado, Oliveira and Fernandes, 2009, severity 1: what is seen of linear red, green and blue. */
const EYES = {
  all: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** Ottosson, 2020: a space in which equal distances look about equal. */
function oklab(linear: readonly number[]): readonly number[] {
  const cones = [
    [0.4122214708, 0.5363325363, 0.0514459929],
    [0.2119034982, 0.6806995451, 0.1073969566],
    [0.0883024619, 0.2817188376, 0.6299787005],
  ].map((row) => Math.cbrt(dot(row, linear)));
  return [
    [0.2104542553, 0.793617785, -0.0040720468],
    [1.9779984951, -2.428592205, 0.4505937099],
    [0.0259040371, 0.7827717662, -0.808675766],
  ].map((row) => dot(row, cones));
}

function distance(a: readonly number[], b: readonly number[]): number {
  return Math.hypot(...a.map((x, i) => x - (b[i] ?? 0)));
}

function channels(colour: string): readonly number[] {
  return [1, 3, 5].map((i) => {
    const value = Number.parseInt(colour.slice(i, i + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
}

/** WCAG 2.2, relative luminance and contrast ratio. */
function contrast(a: string, b: string): number {
  const luminance = (colour: string): number => dot([0.2126, 0.7152, 0.0722], channels(colour));
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);
}
