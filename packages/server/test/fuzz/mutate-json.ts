import type { Random } from '../support/random.js';
import { mutateBytes } from './mutate-bytes.js';

type Json = unknown;
type Container = { [key: string]: Json };

const NUMBERS = [-1, 0, 1, 2, 7, 1.5, 255, 65_535, 65_536, 2 ** 31, 2 ** 53, 1e308, 5e-324, -0.5];
const TEXTS = [
  '',
  '0',
  'A',
  'AA',
  'AQ',
  'AR',
  'AAA=',
  '1',
  '-1',
  '01',
  '1e0',
  ' 1',
  'é',
  '\ud800',
  '\u0000',
  '😀'.repeat(40),
];
const KEYS = [
  '',
  '0',
  '3',
  '4',
  '00',
  '1.0',
  'version',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '\u0000',
];

function anyValue(random: Random): Json {
  const kinds: readonly (() => Json)[] = [
    () => random.pick(NUMBERS),
    () => random.pick(TEXTS),
    () => random.pick([null, true, false]),
    () => [],
    () => ({}),
    () => [random.pick(NUMBERS), random.pick(TEXTS)],
    () => ({ [random.pick(KEYS)]: random.pick(TEXTS) }),
    () => 'A'.repeat(random.int(200)),
  ];
  return random.pick(kinds)();
}

/** Every object and array in a value, itself included. */
function containers(value: Json): Container[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value as Container, ...Object.values(value).flatMap(containers)];
}

const STRUCTURAL: readonly ((container: Container, random: Random) => void)[] = [
  (container, random) => {
    container[random.pick(Object.keys(container))] = anyValue(random);
  },
  (container, random) => {
    delete container[random.pick(Object.keys(container))];
  },
  (container, random) => {
    define(container, random.pick(KEYS), anyValue(random));
  },
  (container, random) => {
    const keys = Object.keys(container);
    define(container, random.pick(KEYS), container[random.pick(keys)]);
  },
  (container, random) => {
    const [one, other] = [random.pick(Object.keys(container)), random.pick(Object.keys(container))];
    [container[one], container[other]] = [container[other], container[one]];
  },
  (container, random) => {
    if (Array.isArray(container)) container.push(structuredClone(random.pick(container)));
  },
];

/** An own property, also if it is named `__proto__`. */
function define(container: Container, key: string, value: Json): void {
  Object.defineProperty(container, key, { value, enumerable: true, configurable: true, writable: true });
}

/** Another value where one was, a key too few or too many, two exchanged, an element twice. The value may be changed. */
export function mutateStructure(value: Json, random: Random): Json {
  if (random.once(40)) return anyValue(random);
  const filled = containers(value).filter((container) => Object.keys(container).length > 0);
  if (filled.length > 0) random.pick(STRUCTURAL)(random.pick(filled), random);
  return value;
}

const TEXTUAL: readonly ((text: string, random: Random) => string)[] = [
  (text, random) => mutateBytes(Buffer.from(text), random).toString('latin1'),
  // The same key twice: the last one counts.
  (text, random) => text.replace(/"(day|window|version|[0-3])":/, (key) => `${key}${random.pick(NUMBERS)},${key}`),
  (text, random) =>
    text.replace(
      /:(\d+)/,
      (_, digits) => `:${random.pick([`${digits}.0`, `${digits}e0`, '1e400', `0${digits}`, `-${digits}`])}`,
    ),
  (text) => text.replace(/"(\w)/, (_, letter: string) => `"\\u00${letter.charCodeAt(0).toString(16)}`),
  (text, random) => random.pick(['\ufeff', ' \n\t', '//\n', '\u0000', ")]}',"]) + text,
  (text, random) => text + random.pick(['\n', ' ', '}', ',', '\u0000', text]),
  (_, random) => '['.repeat(1 + random.int(random.pick([10, 5000]))),
  (text, random) => {
    const depth = 1 + random.int(random.pick([10, 2000]));
    return text.replace(/"groups":/, `"groups":${'['.repeat(depth)}${']'.repeat(depth)},"x":`);
  },
  (text) => text.replace(/:"/g, ': "').replaceAll(',', ' ,\n'),
];

/** The text changed, without regard to what it says. */
export function mutateText(text: string, random: Random): string {
  return random.pick(TEXTUAL)(text, random);
}
