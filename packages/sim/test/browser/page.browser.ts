import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type axe from 'axe-core';
import type { Page as Tab } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, launch } from '../../../sdk/test/browser/support/chromium.js';
import { pageHtml } from '../../src/page/html.js';
import { pages } from '../sample-pages.js';

const ADDRESS = 'http://report.example/report.html';

let browser: Browser;
let checker: string;

beforeAll(async () => {
  browser = await launch();
  checker = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
});

afterAll(() => browser?.close());

interface View {
  readonly width: number;
  readonly scheme?: 'light' | 'dark';
  readonly media?: 'screen' | 'print';
}

/** Opens a page and looks at it; that it asks for nothing and complains of nothing is part of every look. */
async function look<T>(name: string, view: View, at: (tab: Tab) => Promise<T>): Promise<T> {
  const page = pages[name];
  if (page === undefined) throw new Error(`no page ${name}`);
  const tab = await browser.context.newPage();
  try {
    await tab.setViewportSize({ width: view.width, height: 900 });
    await tab.emulateMedia({ media: view.media ?? 'screen', colorScheme: view.scheme ?? 'light' });
    const [requests, complaints]: string[][] = [[], []];
    tab.on('request', (request) => requests?.push(request.url()));
    tab.on('console', (message) => complaints?.push(message.text()));
    tab.on('pageerror', (error) => complaints?.push(error.message));
    await tab.route('**', (route) => route.fulfill({ contentType: 'text/html', body: pageHtml(page) }));
    await tab.goto(ADDRESS);
    const seen = await at(tab);
    expect({ requests, complaints }).toEqual({ requests: [ADDRESS], complaints: [] });
    return seen;
  } finally {
    await tab.close();
  }
}

/** What is wrong with a page for people with disabilities, with the details open. */
async function violations(tab: Tab): Promise<readonly string[]> {
  await tab.evaluate(() => {
    for (const details of document.querySelectorAll('details')) details.open = true;
  });
  await tab.evaluate(checker);
  return tab.evaluate(async () => {
    const found = await (globalThis as unknown as { axe: typeof axe }).axe.run();
    return found.violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
    );
  });
}

interface Box {
  readonly name: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** The pictures that are to be seen: their edges, texts and marks. */
function pictures(
  tab: Tab,
): Promise<readonly { readonly edge: Box; readonly texts: readonly Box[]; readonly marks: readonly Box[] }[]> {
  return tab.evaluate(() => {
    const box = (element: Element): Box => {
      const { left, right, top, bottom } = element.getBoundingClientRect();
      return { name: element.textContent || element.outerHTML, left, right, top, bottom };
    };
    const boxes = (svg: Element, selector: string): Box[] =>
      [...svg.querySelectorAll(selector)]
        .map(box)
        .filter(({ left, right, top, bottom }) => left < right || top < bottom);
    return [...document.querySelectorAll('svg')]
      .filter((svg) => svg.checkVisibility())
      .map((svg) => ({ edge: box(svg), texts: boxes(svg, 'text'), marks: boxes(svg, 'path, line, polyline') }));
  });
}

/** Borders of boxes are rounded, and letters have some air around them. */
const TOUCH = 1.5;

function overlaps(boxes: readonly Box[]): readonly string[] {
  return boxes.flatMap((a, i) =>
    boxes
      .slice(0, i)
      .filter(
        (b) =>
          a.left + TOUCH < b.right && b.left + TOUCH < a.right && a.top + TOUCH < b.bottom && b.top + TOUCH < a.bottom,
      )
      .map((b) => `${a.name} over ${b.name}`),
  );
}

function outside(edge: Box, boxes: readonly Box[]): readonly string[] {
  return boxes
    .filter(
      ({ left, right, top, bottom }) =>
        left < edge.left - TOUCH ||
        right > edge.right + TOUCH ||
        top < edge.top - TOUCH ||
        bottom > edge.bottom + TOUCH,
    )
    .map(({ name }) => name);
}

/** What is wider than the page, in print. */
function cut(tab: Tab): Promise<readonly string[]> {
  return tab.evaluate(() =>
    [...document.querySelectorAll('table, pre, dl, svg')]
      .filter((it) => it.checkVisibility() && Math.max(it.scrollWidth, it.getBoundingClientRect().right) > innerWidth)
      .map((it) => it.outerHTML),
  );
}

const NARROW = 360;
const WIDE = 1280;

describe('a report in Chromium', () => {
  it.each([
    ['all', 'light', NARROW],
    ['all', 'dark', NARROW],
    ['all', 'light', WIDE],
    ['all', 'dark', WIDE],
    ['awkward', 'light', NARROW],
    ['awkward', 'dark', WIDE],
  ] as const)('has nothing in the way of anybody: %s, %s, %i pixels wide', async (name, scheme, width) => {
    expect(await look(name, { scheme, width }, violations)).toEqual([]);
  });

  it.each(['all', 'awkward'].flatMap((name) => [320, NARROW, 600, 720, WIDE].map((width) => [name, width] as const)))(
    'has no text over another and nothing cut off in its charts: %s, %i pixels wide',
    async (name, width) => {
      const seen = await look(name, { width }, pictures);
      expect(seen.length).toBeGreaterThan(0);
      for (const { edge, texts, marks } of seen) {
        expect(overlaps(texts)).toEqual([]);
        expect(outside(edge, [...texts, ...marks])).toEqual([]);
      }
    },
  );

  it.each([320, NARROW, WIDE])('is never wider than the screen: %i pixels', async (width) => {
    for (const name of ['all', 'awkward']) {
      expect(
        await look(name, { width }, (tab) => tab.evaluate(() => document.documentElement.scrollWidth)),
      ).toBeLessThanOrEqual(width);
    }
  });

  it('shows each chart once, with letters as large as those of small print', async () => {
    for (const width of [NARROW, 700, WIDE]) {
      const sizes = await look('all', { width }, (tab) =>
        tab.evaluate(() =>
          [...document.querySelectorAll('svg')]
            .filter((svg) => svg.checkVisibility())
            .map(
              (svg) =>
                Number.parseFloat(getComputedStyle(svg.querySelector('text') as Element).fontSize) *
                (svg.clientWidth / svg.viewBox.baseVal.width),
            ),
        ),
      );
      expect(sizes).toHaveLength(5);
      expect(Math.min(...sizes)).toBeGreaterThan(10);
    }
  });

  it('is dark on white in print, whatever the screen, with no table cut off', async () => {
    await look('all', { width: 720, scheme: 'dark', media: 'print' }, async (tab) => {
      const colours = await tab.evaluate(() => {
        const of = (selector: string, property: string): string =>
          getComputedStyle(document.querySelector(selector) as Element).getPropertyValue(property);
        return [
          of('body', 'background-color'),
          of('body', 'color'),
          of('svg.wide text', 'fill'),
          of('svg.wide .truth', 'stroke'),
        ];
      });
      expect(colours).toEqual(['rgb(255, 255, 255)', 'rgb(27, 31, 36)', 'rgb(27, 31, 36)', 'rgb(27, 31, 36)']);
      expect(await pictures(tab)).toHaveLength(5);
      expect(await cut(tab)).toEqual([]);
    });
    expect(await look('awkward', { width: 720, media: 'print' }, cut)).toEqual([]);
  });

  it('has no markup that came out of a file', async () => {
    const found = await look('awkward', { width: WIDE }, (tab) =>
      tab.evaluate(() => [document.scripts.length, document.querySelectorAll('svg script').length, document.title]),
    );
    expect(found).toEqual([0, 0, pages['awkward']?.title]);
  });
});
