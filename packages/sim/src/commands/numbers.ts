import { SimError } from '../errors.js';

/** Numbers that commands take as text. Whoever calls says what is expected; what was given is not repeated. */

const NUMBER = /^(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/** A number in digits, such as .05 or 1e-8, or undefined where none was given. @throws SimError `argument-invalid` */
export function someNumber(
  name: string,
  text: string | true | undefined,
  expected: string,
  isSound: (x: number) => boolean,
): number | undefined {
  return text === undefined ? undefined : readNumber(name, String(text), expected, isSound);
}

/** Several with commas between, in increasing order and each once. @throws SimError `argument-invalid` */
export function someNumbers(
  name: string,
  text: string | true | undefined,
  expected: string,
  isSound: (x: number) => boolean,
): readonly number[] | undefined {
  if (text === undefined) return undefined;
  const numbers = String(text)
    .split(',')
    .map((each) => readNumber(name, each.trim(), `${expected}, or several with commas between`, isSound));
  return [...new Set(numbers)].sort((a, b) => a - b);
}

function readNumber(name: string, text: string, expected: string, isSound: (x: number) => boolean): number {
  const number = NUMBER.test(text) ? Number(text) : Number.NaN;
  if (!isSound(number)) throw new SimError('argument-invalid', `--${name} is ${expected}`);
  return number;
}
