import type { Random } from '../support/random.js';

const PATHS = [
  '/v1/metrics',
  '/v1/registries',
  '/v1/candidates',
  '/v1/candidates/a',
  '/v1/candidates/%2e%2e%2fetc',
  '/v1/switch-off/org.example.app',
  '/v1/switch-off/__proto__',
  '/v1/reports',
  '/v1/reports/',
  '/v1/nothing',
  '/healthz',
  '/readyz',
  '/metrics',
  '/openapi.json',
  '/',
  '//',
  '/..%2f..%2fetc%2fpasswd',
  '/%00',
  '/%zz',
  `/${'a'.repeat(3000)}`,
];

const METRICS = [
  'dark-mode',
  'load-time',
  'searches',
  'theme',
  'page',
  'size',
  '__proto__',
  'toString',
  '',
  '%',
  'é',
  '..',
];

const PARAMETERS: { readonly [name: string]: readonly string[] } = {
  from: ['2026-11-01', '2026-11-20', '2026-13-01', '0000-00-00', '1969-12-31', '9999-12-31', '', 'x', '2026-11-1'],
  to: ['2026-11-30', '2026-11-19', '2149-06-06', '-1', '2026-02-30', ''],
  app: ['org.example.app', 'org.example.texts', '', '__proto__', 'x'.repeat(2000)],
  fingerprint: ['0000000000000000', '', 'g', 'constructor'],
  forged: ['0', '.01', '.5', '.51', '-0', '1e-9', 'NaN', 'Infinity', '0x1', ' ', ''],
  quantiles: ['.5', '.5,.9', '.001,.999', '0', '1', ',', '.5,', Array(40).fill('.5').join(), 'NaN', '1e-2'],
  above: ['100', '0,1e308', '-1', '1e999', 'x', ',,,', ''],
  candidates: ['a', 'nothing', '', '../a', '__proto__'],
  top: ['1', '1000', '1001', '0', '-1', '1.5', '1e3', '', 'x'],
  other: ['1'],
  __proto__x: ['1'],
};

/** A path, mostly of an estimate, with parameters known and unknown, some twice. */
export function anyUrl(random: Random): string {
  if (random.once(3)) return random.pick(PATHS);
  const names = Array.from({ length: random.int(4) }, () => random.pick(Object.keys(PARAMETERS)));
  const query = names.map((name) => `${name}=${encodeURIComponent(random.pick(PARAMETERS[name] ?? ['']))}`).join('&');
  const raw = random.once(20) ? random.pick(['&&', '=', '%', '%ff', '[]=1', 'from[]=2026-11-01', '#', '?']) : '';
  return `/v1/metrics/${random.pick(METRICS)}/estimate?${query}${raw}`;
}
