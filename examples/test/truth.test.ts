import type { Metric } from '@dither/protocol';
import type { EstimateRow } from '@dither/server';
import { describe, expect, it } from 'vitest';
import { schedule } from '../dist/demo/demo.js';
import { Diary } from '../dist/demo/diary.js';
import { Tally } from '../dist/demo/tally.js';
import { truthOf } from '../dist/demo/truth.js';
import { browser } from './small-demo.js';

const registry = browser();
const metric = (id: string): Metric => registry.metrics[id] as Metric;
/** First day of an epoch of the homepage, and so of its first period. */
const EPOCH = 56 * 300;

function row(quantity: string, more: Partial<EstimateRow> = {}): EstimateRow {
  const figures = { value: 0, standardError: 0, low: 0, high: 0, n: 0, detectionLimit: 0 };
  return { label: '', quantity, ...figures, ...more };
}

describe('the diary', () => {
  it('says of a latched metric what was true in the first period reported of its epoch, whatever came later', () => {
    const diary = new Diary();
    const homepage = metric('homepage');
    const reported = (window: number) => diary.reported(homepage, window, undefined);
    diary.note(homepage, EPOCH, 'mail.example');
    diary.note(homepage, EPOCH + 27, 'news.example');
    diary.note(homepage, EPOCH + 28, 'maps.example');
    expect(reported(EPOCH)).toBe('news.example');
    diary.forget(EPOCH + 28);
    expect(reported(EPOCH + 28)).toBe('news.example');
    diary.note(homepage, EPOCH + 56, 'maps.example');
    diary.forget(EPOCH + 56);
    expect(reported(EPOCH + 56)).toBe('maps.example');
  });

  it('says "none" for the whole of an epoch whose first period had no event', () => {
    const diary = new Diary();
    diary.note(metric('homepage'), EPOCH + 30, 'mail.example');
    expect(diary.reported(metric('homepage'), EPOCH, undefined)).toBe('');
    expect(diary.reported(metric('homepage'), EPOCH + 28, undefined)).toBe('');
  });

  it('says of a text that is reported afresh what was true in each period', () => {
    const diary = new Diary();
    diary.note(metric('crash-signature'), EPOCH, 'A::b');
    diary.note(metric('crash-signature'), EPOCH + 28, 'C::d');
    expect(diary.reported(metric('crash-signature'), EPOCH, undefined)).toBe('A::b');
    expect(diary.reported(metric('crash-signature'), EPOCH + 28, undefined)).toBe('C::d');
  });

  it('refuses a choice that was no event', () => {
    const diary = new Diary();
    diary.note(metric('page-load'), EPOCH, 1000);
    const bucket = metric('page-load').encode(1000) as number;
    expect(diary.reported(metric('page-load'), EPOCH, bucket)).toBe(bucket);
    expect(() => diary.reported(metric('page-load'), EPOCH, bucket + 1)).toThrow('is not one of its events');
  });
});

describe('the truth of amounts', () => {
  const pageLoad = metric('page-load');
  const edges = pageLoad.domain.edges as readonly number[];
  const edge = (i: number): number => edges[i] as number;

  it('is interpolated within a bucket, and among those with an event', () => {
    const tally = new Tally();
    tally.add('page-load', 0, 3, 3);
    tally.add('page-load', 0, 10, 1);
    tally.add('page-load', 0, pageLoad.none, 6);
    const truth = truthOf(pageLoad, tally.truths('page-load'), []);
    const middle = (i: number): number => (edge(i) + edge(i + 1)) / 2;
    expect(truth(row('with-event'))).toBeCloseTo(0.4, 12);
    expect(truth(row('quantile', { quantile: 0.5 }))).toBeCloseTo(edge(3) + (2 / 3) * (edge(4) - edge(3)), 9);
    expect(truth(row('quantile', { quantile: 0.95 }))).toBeCloseTo(edge(10) + 0.8 * (edge(11) - edge(10)), 9);
    expect(truth(row('mean'))).toBeCloseTo((3 * middle(3) + middle(10)) / 4, 9);
    expect(truth(row('frequency', { from: edge(3), to: edge(7) }))).toBeCloseTo(0.75, 12);
  });

  it('does not exist where there was no event', () => {
    const tally = new Tally();
    tally.add('page-load', 0, pageLoad.none, 6);
    const truth = truthOf(pageLoad, tally.truths('page-load'), []);
    expect(truth(row('with-event'))).toBe(0);
    expect(truth(row('mean'))).toBeNaN();
    expect(truth(row('quantile', { quantile: 0.5 }))).toBeNaN();
  });
});

describe('the truth of texts', () => {
  it('is what was reported, what is no candidate, and the sum of those that cannot be told apart', () => {
    const tally = new Tally();
    for (const [text, times] of [
      ['', 2],
      ['a', 4],
      ['b', 1],
      ['c', 3],
    ] as const)
      tally.add('homepage', 0, text, times);
    const truth = truthOf(metric('homepage'), tally.truths('homepage'), ['a', 'b', 'd']);
    expect(truth(row('with-text'))).toBeCloseTo(0.8, 12);
    expect(truth(row('unexplained'))).toBeCloseTo(0.3, 12);
    expect(truth(row('text', { label: 'a', confusedWith: [] }))).toBeCloseTo(0.4, 12);
    expect(truth(row('text', { label: 'a', confusedWith: ['b', 'd'] }))).toBeCloseTo(0.5, 12);
    expect(truth(row('text', { label: 'd' }))).toBe(0);
  });
});

describe('the days played', () => {
  it('are two periods of one epoch, all in the past', () => {
    const { firstDay, periodDays } = schedule(registry);
    expect(periodDays).toBe(28);
    expect(firstDay % 56).toBe(0);
    expect((firstDay + 56) * 86_400_000).toBeLessThanOrEqual(Date.now());
  });
});
