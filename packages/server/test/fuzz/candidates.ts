import type { Random } from '../support/random.js';
import type { Input } from './inputs.js';
import { mutateBytes } from './mutate-bytes.js';

const NAMES = ['a', 'b', 'hosts', 'x'.repeat(64), 'x'.repeat(65), '-a', 'A', '__proto__', '%2e%2e', 'a%00', '', 'a/b'];
const TEXTS = ['one', 'two', '', 'é', '😀', 'a\r', '\u0000', ' ', '\ufeff', 'x'.repeat(1024), 'x'.repeat(1025)];

/** A list of candidates on its way in or out. */
export function anyCandidates(random: Random): Input {
  const url = `/v1/candidates/${random.pick(NAMES)}`;
  const method = random.pick(['PUT', 'PUT', 'PUT', 'GET', 'DELETE'] as const);
  if (method !== 'PUT') return { method, url, headers: {} };
  const types = ['text/plain; charset=utf-8', 'text/plain', 'text/plain;charset="UTF-8"', 'application/json', ''];
  const type = random.once(4) ? random.pick(types) : 'text/plain; charset=utf-8';
  const lines = Array.from({ length: random.int(6) }, () => random.pick(TEXTS));
  const whole = Buffer.from(lines.join(random.pick(['\n', '\r\n', '\n\n'])));
  const body = random.once(3) ? mutateBytes(whole, random) : whole;
  return { method, url, headers: { 'content-type': type }, body };
}
