import { type BatchJson, registryToJson, toBase64url, toHex } from '@dither/protocol';
import { DAY, strict } from './registries.js';

/** Places in the wire table. */
const [LANGUAGE, MODE, THEME] = [0, 1, 2];

/** The week and the day that ended last. */
const [WEEK, YESTERDAY] = [20_769, DAY - 1];

type Group = readonly [window: number, reports: { readonly [index: number]: readonly number[] }];

interface Vector {
  readonly why: string;
  readonly day?: number;
  readonly groups: readonly Group[];
  /** What a server says: of a batch that is counted, how many reports are, and why the others are not. */
  readonly answer:
    | { readonly accepted: number; readonly rejected: { readonly [reason: string]: number } }
    | { readonly code: string };
}

const accepted = (n: number) => ({ accepted: n, rejected: {} });
const none = (reason: string) => ({ accepted: 0, rejected: { [reason]: 1 } });
const mode = (window: number): Group => [window, { [MODE]: [1] }];
const language = (...bytes: readonly number[]): Group => [WEEK, { [LANGUAGE]: bytes }];

const vectors: readonly Vector[] = [
  { why: 'all metrics', groups: [[WEEK, { [LANGUAGE]: [7, 0], [THEME]: [2] }], mode(YESTERDAY)], answer: accepted(3) },
  { why: 'windows that fall', groups: [mode(YESTERDAY), mode(YESTERDAY - 1)], answer: accepted(2) },
  { why: 'a window twice, other metrics', groups: [language(0, 7), [WEEK, { [THEME]: [0] }]], answer: accepted(2) },
  {
    why: 'a second report for a metric and window',
    groups: [mode(YESTERDAY), mode(YESTERDAY)],
    answer: { accepted: 1, rejected: { 'second-report': 1 } },
  },
  { why: 'a subset with a member too few', groups: [language(3, 0)], answer: none('report-malformed') },
  { why: 'a subset with a member too many', groups: [language(15, 0)], answer: none('report-malformed') },
  { why: 'an unused bit set', groups: [language(3, 8)], answer: none('report-malformed') },
  { why: 'a symbol out of range', groups: [[WEEK, { [THEME]: [3] }]], answer: none('report-malformed') },
  { why: 'a bit that is neither', groups: [[YESTERDAY, { [MODE]: [2] }]], answer: none('report-malformed') },
  {
    why: 'a malformed report beside a good one',
    groups: [[WEEK, { [LANGUAGE]: [7, 0], [THEME]: [255] }]],
    answer: { accepted: 1, rejected: { 'report-malformed': 1 } },
  },
  { why: 'a day that has not ended', groups: [mode(DAY)], answer: none('window-out-of-range') },
  { why: 'a week that has not ended', groups: [[WEEK + 7, { [THEME]: [0] }]], answer: none('window-out-of-range') },
  { why: 'a week that begins on no week', groups: [[WEEK + 1, { [THEME]: [0] }]], answer: none('window-out-of-range') },
  { why: 'a day that ended 28 days ago', groups: [mode(DAY - 29)], answer: accepted(1) },
  { why: 'a day that ended 29 days ago', groups: [mode(DAY - 30)], answer: none('window-out-of-range') },
  { why: 'the last window there is', groups: [mode(65_535)], answer: none('window-out-of-range') },
  { why: 'made 7 days ago', day: DAY - 7, groups: [mode(DAY - 8)], answer: accepted(1) },
  { why: 'made 8 days ago', day: DAY - 8, groups: [mode(DAY - 9)], answer: { code: 'day-out-of-range' } },
  { why: 'made on day 0', day: 0, groups: [mode(0)], answer: { code: 'day-out-of-range' } },
  { why: 'made tomorrow', day: DAY + 1, groups: [mode(DAY)], answer: accepted(1) },
  { why: 'made the day after tomorrow', day: DAY + 2, groups: [mode(DAY)], answer: { code: 'day-ahead' } },
  { why: 'made on the last day there is', day: 65_535, groups: [mode(DAY)], answer: { code: 'day-ahead' } },
];

/** Little-endian. */
const two = (number: number) => toHex(Uint8Array.of(number & 255, number >> 8));

/** Both forms, written here by hand: groups as they are listed, where `encodeBatch` would sort them. */
function forms({ day = DAY, groups }: Vector, nonce: Uint8Array): { readonly hex: string; readonly json: BatchJson } {
  const group = ([window, reports]: Group) => {
    const bitmap = Object.keys(reports).reduce((bits, index) => bits | (1 << Number(index)), 0);
    return `${two(window)}${toHex(Uint8Array.of(bitmap, ...Object.values(reports).flat()))}`;
  };
  return {
    hex: `01${two(day)}${toHex(nonce)}${strict.fingerprint}${groups.map(group).join('')}`,
    json: {
      version: 1,
      day,
      nonce: toBase64url(nonce),
      registry: strict.fingerprint,
      groups: groups.map(([window, reports]) => ({
        window,
        reports: Object.fromEntries(
          Object.entries(reports).map(([index, bytes]) => [index, toBase64url(Uint8Array.from(bytes))]),
        ),
      })),
    },
  };
}

export function answerVectors() {
  return {
    about:
      'What a server whose day is the one below answers to a batch, in either form: how many reports count and why others do not, or the code of the problem. Each batch is new to it.',
    day: DAY,
    registry: registryToJson(strict),
    batches: vectors.map((vector, i) => ({
      why: vector.why,
      ...forms(
        vector,
        Uint8Array.from({ length: 16 }, (_, at) => 16 * (at % 2) + i),
      ),
      answer: vector.answer,
    })),
  };
}
