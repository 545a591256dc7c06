import type { Registry } from '@dither/protocol';
import type { JsonPath } from '@dither/protocol/node';
import { SimError, type SimErrorCode } from '../../errors.js';
import { parseJson } from '../../files.js';
import { parseWish, type RefuseWish } from '../parse-wish.js';
import type { Wish } from '../wish.js';

/** A wish for a metric of a registry. */
export interface FiledWish {
  readonly metric: string;
  readonly wish: Wish;
  /** How much its error counts beside those of others; 1 unless told. */
  readonly weight: number;
  /** The true share in question, where it is known better than the population says. */
  readonly share: number | undefined;
  /** Says what is wrong with it, with its place in the file. */
  readonly refuse: RefuseWish;
}

const KEYS = ['metric', 'wish', 'weight', 'share'];

/**
 * Reads `{ "wishes": [{ "metric": "<id>", "wish": "p75 within 5%", "weight": 2, "share": 0.1 }, ...] }`, the last two where
 * there is something to say.
 *
 * @param text - what the file holds
 * @param registry - whose metrics the wishes are about
 * @throws SimError `json-malformed`, `wishes-invalid`, `wish-malformed`, `metric-unknown`, `metric-latched`, with line and
 *   column
 */
export function readWishes(file: string, text: string, registry: Pick<Registry, 'wire'>): readonly FiledWish[] {
  const json = parseJson(file, text);
  const refuse = (path: JsonPath, expected: string, code: SimErrorCode = 'wishes-invalid'): never => {
    throw new SimError(code, `${path.join('.') || 'the file'} ${expected}`, { file, ...json.positionOf(path) });
  };
  const checkMetric = (path: JsonPath, id: string): void => {
    const metric = registry.wire.find((one) => one.id === id);
    if (metric === undefined) {
      refuse(path, `is one of ${registry.wire.map((one) => one.id).join(', ')}`, 'metric-unknown');
    }
    if (metric?.latch !== undefined) refuse(path, 'is latched: in a plan it stays as declared', 'metric-latched');
  };
  const { wishes } = Object(json.value) as { readonly wishes?: unknown };
  if (!Array.isArray(wishes) || wishes.length === 0) return refuse(['wishes'], 'is a list of wishes');
  return wishes.map((entry: unknown, i): FiledWish => {
    const path = ['wishes', i];
    const { metric, wish, weight = 1, share } = Object(entry) as { readonly [key: string]: unknown };
    const stranger = Object.keys(Object(entry) as object).find((key) => !KEYS.includes(key));
    if (stranger !== undefined) refuse([...path, stranger], `is not known here; known: ${KEYS.join(', ')}`);
    if (typeof metric !== 'string') return refuse([...path, 'metric'], 'is the id of a metric');
    checkMetric([...path, 'metric'], metric);
    if (typeof wish !== 'string') return refuse([...path, 'wish'], 'is a wish, such as "p75 within 5%"');
    if (typeof weight !== 'number' || !(weight > 0)) return refuse([...path, 'weight'], 'is a number above 0');
    if (share !== undefined && !(typeof share === 'number' && share > 0 && share < 1)) {
      return refuse([...path, 'share'], 'is a share above 0 and below 1');
    }
    const refuseAs =
      (code: 'wish-malformed' | 'wish-unfit'): RefuseWish =>
      (offset, expected) => {
        throw new SimError(code, expected, {
          file,
          ...placeIn(text, json.positionOf([...path, 'wish']), wish, offset),
        });
      };
    return {
      metric,
      wish: parseWish(wish, refuseAs('wish-malformed')),
      weight,
      share: share as number | undefined,
      refuse: refuseAs('wish-unfit'),
    };
  });
}

/** Where an offset of a wish is in its file; of a wish written with escapes where that begins. */
function placeIn(
  text: string,
  { line, column }: { readonly line: number; readonly column: number },
  wish: string,
  offset: number,
): { readonly line: number; readonly column: number } {
  const found = (text.split('\n')[line - 1] ?? '').indexOf(`"${wish}"`, column);
  return found < 0 ? { line, column } : { line, column: found + 2 + offset };
}
