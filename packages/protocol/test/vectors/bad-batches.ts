import { batchToJson, registryToJson, toHex } from '@dither/protocol';
import { DAY, NONCE, wide } from './registries.js';

/** A header for `wide`, and what follows it. */
function wideBatch(rest: string, header: Partial<{ version: string; day: string; nonce: string }> = {}): string {
  const { version = '01', day = '2a51', nonce = toHex(NONCE) } = header;
  return `${version}${day}${nonce}${wide.fingerprint}${rest}`;
}

/** The window 20,769, the bitmap of the first metric, its report. */
const GROUP = '2151010001';

const code = 'malformed-batch';

const bytes = [
  { why: 'nothing', hex: '', code },
  { why: 'a version to come', hex: wideBatch(GROUP, { version: '02' }), code: 'unsupported-version' },
  { why: 'version zero', hex: wideBatch(GROUP, { version: '00' }), code: 'unsupported-version' },
  { why: 'another version alone', hex: '02', code: 'unsupported-version' },
  { why: 'a version alone', hex: '01', code },
  { why: 'half a day', hex: '012a', code },
  { why: 'no nonce', hex: '012a51', code },
  { why: 'a nonce cut short', hex: wideBatch('').slice(0, 36), code },
  { why: 'no registry', hex: wideBatch('').slice(0, 38), code },
  { why: 'a registry cut short', hex: wideBatch('').slice(0, 52), code },
  { why: 'no group', hex: wideBatch(''), code },
  { why: 'a group of one byte', hex: wideBatch('21'), code },
  { why: 'a group that ends after its window', hex: wideBatch('2151'), code },
  { why: 'a group that ends in its bitmap', hex: wideBatch('215101'), code },
  { why: 'a group without reports', hex: wideBatch('21510000'), code },
  { why: 'a report that is not there', hex: wideBatch('21510100'), code },
  { why: 'the last of nine reports missing', hex: wideBatch(`2151ff01${'00'.repeat(8)}`), code },
  { why: 'a bit beyond the last metric', hex: wideBatch('2151000201'), code },
  { why: 'every unused bit set', hex: wideBatch(`2151ffff${'00'.repeat(16)}`), code },
  { why: 'one byte too many', hex: wideBatch('215101000100'), code },
  { why: 'an empty group after a good one', hex: wideBatch('215101000121510000'), code },
  { why: 'a group cut short after a good one', hex: wideBatch('21510100012251'), code },
];

const good = batchToJson({
  day: DAY,
  nonce: NONCE,
  registry: wide.fingerprint,
  reports: [0, 8].map((index) => ({ index, window: 20_769, bytes: Uint8Array.of(1) })),
});

function groups(reports: object) {
  return [{ window: 20_769, reports }];
}

/** Of the right shape: what its texts and numbers say is wrong. */
const json = [
  { why: 'a version to come', json: { ...good, version: 2 }, code: 'unsupported-version' },
  { why: 'unused bits of the nonce set', json: { ...good, nonce: `${good.nonce.slice(0, -1)}x` }, code },
  { why: 'a padded nonce', json: { ...good, nonce: `${good.nonce}==` }, code },
  { why: 'a nonce of 15 bytes', json: { ...good, nonce: good.nonce.slice(0, 20) }, code },
  { why: 'a nonce in the alphabet with + and /', json: { ...good, nonce: `+/${good.nonce.slice(2)}` }, code },
  { why: 'a registry in capitals', json: { ...good, registry: good.registry.toUpperCase() }, code },
  { why: 'no group', json: { ...good, groups: [] }, code },
  { why: 'a group without reports', json: { ...good, groups: groups({}) }, code },
  { why: 'a day of three bytes', json: { ...good, day: 65_536 }, code },
  { why: 'a day before 1970', json: { ...good, day: -1 }, code },
  { why: 'half a day', json: { ...good, day: DAY + 0.5 }, code },
  { why: 'a window before 1970', json: { ...good, groups: [{ window: -7, reports: { '0': 'AA' } }] }, code },
  { why: 'a place beyond the last metric', json: { ...good, groups: groups({ '9': 'AA' }) }, code },
  { why: 'a place with a leading zero', json: { ...good, groups: groups({ '00': 'AA' }) }, code },
  { why: 'a place that is no number', json: { ...good, groups: groups({ 'feature-0': 'AA' }) }, code },
  { why: 'a report of two bytes', json: { ...good, groups: groups({ '0': 'AAA' }) }, code },
  { why: 'unused bits of a report set', json: { ...good, groups: groups({ '0': 'AB' }) }, code },
];

/** A text around the fields of a good batch. */
function body(day: string | number, rest: string, first = '"version":1'): string {
  return `{${first},"day":${day},"nonce":"${good.nonce}","registry":"${wide.fingerprint}",${rest}}`;
}

const fine = '"groups":[{"window":20769,"reports":{"0":"AQ"}}]';

/** Not of the right shape, or not to be read in one way alone. */
const texts = [
  { why: 'no JSON', text: '{"version":1', code },
  { why: 'no object', text: '[]', code },
  { why: 'null', text: 'null', code },
  { why: 'arrays in arrays', text: '['.repeat(5000) + ']'.repeat(5000), code },
  { why: 'a field too many', text: body(DAY, `${fine},"client":"me"`), code },
  {
    why: 'a field too many in a group',
    text: body(DAY, '"groups":[{"window":20769,"reports":{"0":"AQ"},"n":1}]'),
    code,
  },
  { why: 'a field missing', text: body(DAY, fine).replace('"version":1,', ''), code },
  { why: 'a day that is a text', text: body(`"${DAY}"`, fine), code },
  { why: 'a window that is a text', text: body(DAY, '"groups":[{"window":"20769","reports":{"0":"AQ"}}]'), code },
  { why: 'a version that is a text', text: body(DAY, fine, '"version":"1"'), code },
  { why: 'a report that is a number', text: body(DAY, '"groups":[{"window":20769,"reports":{"0":1}}]'), code },
  { why: 'a number beyond all others', text: body('1e999', fine), code },
  { why: 'reports in a list', text: body(DAY, '"groups":[{"window":20769,"reports":["AQ"]}]'), code },
  { why: 'a field twice', text: body(DAY, `${fine},"day":${DAY}`), code },
  { why: 'a report twice', text: body(DAY, '"groups":[{"window":20769,"reports":{"0":"AA","0":"AQ"}}]'), code },
  { why: 'a field __proto__', text: body(DAY, `${fine},"__proto__":{"day":1}`), code },
  {
    why: 'a place __proto__',
    text: body(DAY, '"groups":[{"window":20769,"reports":{"0":"AQ","__proto__":"AQ"}}]'),
    code,
  },
  { why: 'another version of another shape', text: '{"version":2,"hello":[]}', code: 'unsupported-version' },
];

export function badBatchVectors() {
  return {
    about:
      'Bodies that must be refused with this code, whatever else a server does: bytes, JSON, and JSON as the text it is sent as. All name the registry below.',
    registry: registryToJson(wide),
    bytes,
    json,
    texts,
  };
}
