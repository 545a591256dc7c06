import type { Random } from '../support/random.js';

type Headers = { [name: string]: string };

const TYPES = [
  '',
  'application/octet-stream; charset=utf-8',
  'APPLICATION/JSON',
  'application/json;charset=utf-16',
  'application/json, application/octet-stream',
  'application/problem+json',
  'application/',
  '/',
  'text/plain',
  'multipart/form-data; boundary=x',
  'application/x-www-form-urlencoded',
  '__proto__',
  `a/${'b'.repeat(4000)}`,
];

const OTHERS: readonly ((random: Random) => Headers)[] = [
  (random) => ({ 'sec-gpc': random.pick(['1', '0', '', '1, 1', 'true', '01']) }),
  (random) => ({ 'dither-key': random.pick(['', 'dwk_', `dwk_${'A'.repeat(43)}`, 'x'.repeat(3000), '__proto__']) }),
  (random) => ({
    authorization: random.pick(['', 'Bearer', 'Bearer ', `Bearer dtr_${'A'.repeat(43)}`, 'Basic Og==', 'Bearer a b']),
  }),
  (random) => ({ 'x-forwarded-for': random.pick(['1.2.3.4', '::1', 'a, b', '', '1.2.3.4:80', ','.repeat(300)]) }),
  (random) => ({ forwarded: random.pick(['for=1.2.3.4', 'for="[::1]";proto=https', ';;;', '']) }),
  (random) => ({
    'x-forwarded-proto': random.pick(['https', '', 'a,b']),
    'x-forwarded-host': random.pick(['h', '[', '']),
  }),
  (random) => ({ host: random.pick(['localhost', '', 'evil.example', '[::1]', 'a b', '127.0.0.1:99999']) }),
  (random) => ({ origin: random.pick(['https://app.example.org', 'null', '*', '', 'x'.repeat(2000)]) }),
  (random) => ({ 'content-encoding': random.pick(['gzip', 'identity', 'br', '']) }),
  (random) => ({ accept: random.pick(['text/html', '*/*', '', ';q=']) }),
  (random) => ({ cookie: random.pick(['a=b', ';;', '__proto__=1']) }),
  (random) => ({ 'if-none-match': '*', range: random.pick(['bytes=0-', 'bytes=9-1', 'x']) }),
  (random) => ({ 'content-length': random.pick(['0', '-1', '99999999999999999999', 'x', '1.5', '']) }),
  (random) => ({ 'access-control-request-method': random.pick(['POST', 'DELETE', '']) }),
  (random) => ({ 'user-agent': random.pick(['', 'x'.repeat(5000), '\u0000']) }),
];

export function anyType(random: Random): string {
  return random.pick(TYPES);
}

/** None mostly; else one to three that mean something to somebody. */
export function anyHeaders(random: Random): Headers {
  if (!random.once(4)) return {};
  return Object.assign({}, ...Array.from({ length: 1 + random.int(3) }, () => random.pick(OTHERS)(random)));
}
