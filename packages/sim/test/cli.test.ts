import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registryToText } from '@dither/protocol';
import { policy, type RunReport } from '@dither/sim';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rich } from './rich-registry.js';
import { small } from './small-registry.js';
import { sim, simWith } from './support/in-process.js';

let folder = '';
const start = process.cwd();

async function report(...args: string[]): Promise<RunReport> {
  const { code, out, notes } = await sim('run', '--json', ...args);
  expect(notes).toBe('');
  expect(code).toBe(0);
  return JSON.parse(out) as RunReport;
}

const SMALL = ['--registry', 'small.json', '--clients', '300'];
const UNIFORM = [...SMALL, '--population', 'uniform'];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dither-sim-'));
  process.chdir(folder);
  await writeFile(join(folder, 'small.json'), registryToText(small));
  await writeFile(join(folder, 'rich.json'), registryToText(rich));
  await writeFile(join(folder, 'texts.txt'), 'text-1\ntext-2\nnobody.example\n');
});

afterAll(async () => {
  process.chdir(start);
  await rm(folder, { recursive: true });
});

describe('dither-sim run', () => {
  it('prints one JSON object: truth against estimate for every value', async () => {
    const { metrics, ...rest } = await report(
      ...SMALL,
      '--population',
      'zipf:1.2',
      '--seed',
      'x',
      '--repetitions',
      '3',
    );
    expect(rest).toMatchObject({
      command: 'run',
      seed: 'x',
      clients: 300,
      repetitions: 3,
      population: { name: 'zipf:1.2' },
      bound: { perWindow: 6, windowDays: 28, lifetime: 104 },
      intervals: { count: 3 * 19 },
      coverage: { trials: 15, alpha: 0.001, isPassed: true },
    });
    expect(metrics.map(({ id }) => id)).toEqual(['colour', 'load', 'memory', 'opened', 'used']);
    expect(metrics.flatMap(({ values }) => values)).toHaveLength(19);
    for (const { epsilon, effectiveEpsilon, n, values } of metrics) {
      expect(n).toBe(300);
      expect(effectiveEpsilon).toBeLessThanOrEqual(epsilon);
      // Few binary digits cost up to a ten-thousandth.
      expect(effectiveEpsilon).toBeGreaterThan(epsilon * (1 - 1e-4));
      for (const it of values) {
        expect(it.error).toBeCloseTo((it.estimate as number) - (it.truth as number), 12);
        expect(it.covered).toBe(
          (it.low as number) <= (it.truth as number) && (it.truth as number) <= (it.high as number),
        );
      }
    }
  });

  it('prints the same bytes for the same seed', async () => {
    const args = ['run', ...SMALL, '--population', 'uniform', '--seed', 'again'];
    expect((await sim(...args)).out).toBe((await sim(...args)).out);
    expect((await sim(...args, '--json')).out).toBe((await sim(...args, '--json')).out);
  });

  it('draws a fresh seed, prints it, and replays it', async () => {
    const args = [...SMALL, '--population', 'uniform'];
    const fresh = await report(...args);
    expect(fresh.seed).toMatch(/^[0-9a-f]{8}$/);
    expect((await report(...args)).seed).not.toBe(fresh.seed);
    expect(await report(...args, '--seed', fresh.seed)).toEqual(fresh);
  });

  it('begins its page with how wrong a share is, and colours nothing', async () => {
    const { code, out, notes } = await sim('run', ...SMALL, '--population', 'zipf', '--seed', 'x');
    expect(code).toBe(0);
    expect(notes).toBe('');
    expect(out).toMatch(/^With 300 installations an estimated share is about [\d.]+ percentage points off/);
    expect(out).toMatch(/^One installation spends at most epsilon 6 per 28 days and 104 in its life/m);
    expect(out).toContain('colour: category, grr, epsilon 1\n');
    expect(out.replaceAll('\n', ' ')).toContain('300 installations reported, at epsilon 1 (in effect 1.000000).');
    expect(out).toContain('Coverage test (one random interval per metric and repetition)');
    expect(out).not.toContain('\x1b');
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
  });

  it('reads distributions from a JSON file', async () => {
    const metrics = {
      colour: { values: { red: 1 } },
      load: { uniform: {} },
      memory: { uniform: {} },
      opened: { poisson: { mean: 2 } },
      used: { values: { no: 1 } },
    };
    await writeFile(join(folder, 'population.json'), JSON.stringify({ metrics }));
    const { metrics: found } = await report(...SMALL, '--population', 'population.json');
    const truth = (id: string): (number | null)[] =>
      found.find((it) => it.id === id)?.values.map((it) => it.truth) ?? [];
    expect(truth('colour')).toEqual([1, 0, 0, 0]);
    expect(truth('used')).toEqual([0]);
  });

  it('takes the installations of a CSV file each once, and reports the lines it leaves out', async () => {
    const lines = ['client,metric,value', 'a,colour,red', 'b,colour,mauve', 'b,colour,blue', 'c,used', 'd,used,'];
    await writeFile(join(folder, 'events.csv'), `${lines.join('\r\n')}\r\n`);
    const args = ['run', '--registry', 'small.json', '--population', 'events.csv', '--seed', 'x', '--json'];
    const { code, out, notes } = await sim(...args);
    expect(code).toBe(0);
    const { clients, population, metrics } = JSON.parse(out) as RunReport;
    expect(clients).toBe(3);
    expect(population.badLines).toEqual({ count: 2, byReason: { 'value-invalid': 1, fields: 1 } });
    expect(metrics[0]?.values.map((it) => it.truth)).toEqual([1 / 3, 0, 1 / 3, 1 / 3]);
    expect(notes).toContain('events.csv:3:10: left out: value-invalid: ');
    expect(notes).toContain('events.csv:5:7: left out: fields: ');
    // What stands in the line may be somebody's.
    expect(notes).not.toContain('mauve');
    expect((JSON.parse((await sim(...args, '--clients', '50')).out) as RunReport).clients).toBe(50);
  });

  it('names twenty bad lines and counts the rest', async () => {
    const lines = ['client,metric,value', 'a,used,', ...new Array<string>(30).fill('a,used,never')];
    await writeFile(join(folder, 'bad.csv'), lines.join('\n'));
    const { out, notes } = await sim('run', '--registry', 'small.json', '--population', 'bad.csv', '--json');
    expect(notes.trim().split('\n')).toHaveLength(21);
    expect((JSON.parse(out) as RunReport).population.badLines?.count).toBe(30);
  });

  it('looks for the candidates of a file, and says how many are seen and what it takes', async () => {
    const args = ['--registry', 'rich.json', '--population', 'zipf:2', '--clients', '5000', '--seed', 'x'];
    const { metrics } = await report(...args, '--candidates', 'home=texts.txt');
    const [crash, home] = metrics;
    expect(crash?.detections?.candidates).toBe(100);
    expect(home).toMatchObject({ id: 'home', epsilon: 4, epsilonInfinity: 6 });
    // text-1 and text-2 hold 61% and 15%: dozens of standard errors at epsilon 4.
    expect(home?.detections).toMatchObject({ candidates: 3, detected: 2, falselyDetected: 0 });
    expect(home?.values.map(({ value }) => value)).toEqual([
      'text-1',
      'text-2',
      'nobody.example',
      'with a text',
      'no candidate',
    ]);
    expect(home?.values[2]).toMatchObject({ truth: 0, detection: { isHeld: false } });
    const { out } = await sim('run', ...args, '--candidates', 'home=texts.txt');
    expect(out).toMatch(/^Of 3 candidates; a text must be held by about \d+\.\d\d% of installations to be seen\.$/m);
    expect(out).toContain('Detected: 2, of which 0 are held by nobody');
    expect(out).toMatch(/^ {2}"text-1" .+ yes$/m);
    // A text of that name would stand in quotes.
    expect(out).toMatch(/^ {2}with a text .+%/m);
    expect(out).toContain('and 85 further candidates: --json has all');
  });

  it('says percentiles in their unit', async () => {
    const args = ['--registry', 'rich.json', '--population', 'uniform', '--clients', '2000', '--seed', 'x'];
    const { metrics } = await report(...args);
    for (const { id, unit, values } of metrics.filter(({ kind }) => kind === 'timing' || kind === 'quantity')) {
      expect(unit, id).toBe(id === 'memory' ? 'MiB' : 'ms');
      expect(values.slice(0, 5).map(({ value }) => value)).toEqual(['with an event', 'p50', 'p75', 'p95', 'mean']);
      const p75 = values[2];
      expect(p75).toMatchObject({ isShare: false, standardError: null, detectionLimit: null });
      expect(p75?.over).toMatchObject({ standardError: null, rmse: Math.abs(p75?.error as number) });
    }
    const { out } = await sim('run', ...args);
    expect(out).toMatch(/^ {2}p75, ms /m);
    expect(out).toMatch(/^ {2}p75, MiB /m);
    expect(out).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('runs a scenario as it stands, and with parts of it replaced', async () => {
    const flat = await report('--scenario', 'browser-early', '--population', 'uniform', '--seed', 'x');
    expect(flat).toMatchObject({ clients: 1000, population: { name: 'uniform' } });
    expect(flat.metrics).toHaveLength(14);
  });

  it('shows how far it is, and how long it will take, where somebody reads it as it comes', async () => {
    let ms = 0;
    const now = (): number => {
      ms += 300;
      return ms;
    };
    const args = ['run', ...UNIFORM, '--seed', 'x', '--repetitions', '40'];
    const { notes } = await simWith({ isTerminal: true, now }, ...args);
    expect(notes).toMatch(/\r +\d+% of 12,000 installations, \d+ s left/);
    expect(notes.endsWith('\r\x1b[K')).toBe(true);
  });

  it('prints what is done when it is stopped, says that it is not all, and exits with 130', async () => {
    const stopping = new AbortController();
    let ticks = 0;
    const now = (): number => {
      if (++ticks > 30) stopping.abort();
      return ticks * 1000;
    };
    const args = ['run', ...UNIFORM, '--seed', 'x', '--repetitions', '900'];
    const stopped = await simWith({ isTerminal: true, now, stop: stopping.signal }, ...args, '--json');
    const { isPartial, asked, repetitions } = JSON.parse(stopped.out) as RunReport;
    expect(stopped.code).toBe(130);
    expect(isPartial).toBe(true);
    expect(asked).toEqual({ clients: 300, repetitions: 900, windows: 1 });
    expect(repetitions).toBeGreaterThan(0);
    expect(repetitions).toBeLessThan(900);

    const before = await simWith({ stop: AbortSignal.abort() }, ...args);
    expect(before).toEqual({ code: 130, out: '', notes: 'stopped before there was anything to show\n' });
  });

  it('writes a page that can be made again by the arguments it names', async () => {
    const args = ['run', ...UNIFORM, '--seed', 'x'];
    const { code, out } = await sim(...args, '--out', 'page.html');
    expect(code).toBe(0);
    expect(out).toContain('dither-sim run --registry small.json --clients 300 --population uniform --seed x\n');
    expect(out).toBe((await sim(...args)).out);
    expect(await readFile(join(folder, 'page.html'), 'utf8')).toContain('org.example.small');
  });

  it('is quick when asked to: fewer repetitions, and where installations take the time fewer of them', async () => {
    const args = [...SMALL, '--population', 'uniform', '--seed', 'x', '--quick'];
    expect(await report(...args, '--repetitions', '2')).toMatchObject({ clients: 300, repetitions: 2 });
    const many = await report(...args, '--repetitions', '5000', '--engine', 'exact');
    expect(many).toMatchObject({ clients: 300, repetitions: policy.quickRepetitions, engine: { name: 'exact' } });
  });

  it('takes a billion installations by the exact engine', async () => {
    const { clients, engine, metrics } = await report(
      ...['--registry', 'small.json', '--clients', '1000000000'],
      ...['--population', 'zipf', '--seed', 'x'],
    );
    expect(clients).toBe(1e9);
    expect(engine).toMatchObject({ name: 'exact', marginal: [] });
    for (const { n } of metrics) expect(n).toBe(1e9);
  });

  it('takes whole numbers as plan takes them', async () => {
    expect((await report(...['--registry', 'small.json', '--clients', '1e2'], '--population', 'uniform')).clients).toBe(
      100,
    );
  });

  it('shows the mean of a count with an interval of its own, and says none below zero', async () => {
    const args = ['run', '--registry', 'small.json', '--population', 'zipf:3', '--clients', '300', '--seed', '1'];
    const { out } = await sim(...args);
    // With these coins the interval begins below zero.
    expect(out).toMatch(/the mean is found to lie between 0 and 1\.\d+; it is 0\.3\./);
    expect(out).toMatch(/^ {2}mean +0\.3 .+ -1\.\d+ +1\.\d+ +yes +\[-+/m);
    expect(out).toMatch(/^ {2}zero .+\[-+/m);
  });

  it('helps', async () => {
    const { out: overview } = await sim('--help');
    expect(overview).toContain('dither-sim COMMAND');
    expect(overview).toMatch(/^ {2}longitudinal +what/m);
    const { code, out } = await sim('run', '--help');
    expect(code).toBe(0);
    for (const name of ['registry', 'population', 'clients', 'repetitions', 'seed', 'json', 'scenario']) {
      expect(out).toContain(`--${name}`);
    }
  });
});

describe('dither-sim refuses, with a code and exit 2,', () => {
  const files: Record<string, string> = {
    'broken.json': '{\n  "metrics": {\n    "colour" {}\n  }\n}\n',
    'wrong.json': '{\n  "metrics": {\n    "colour": { "zipf": -1 }\n  }\n}\n',
    'old.json': '{\n  "version": 0\n}\n',
    'header.csv': 'client;metric;value\n',
    'empty.csv': 'client,metric,value\n',
    'events-ok.csv': 'client,metric,value\na,used,\n',
  };

  beforeAll(async () => {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const edited = registryToText(small).replace('"red"', '"rot"');
    await writeFile(join(folder, 'edited.json'), edited);
    await mkdir(join(folder, 'folder.html'));
    await writeFile(join(folder, 'latin1.csv'), Buffer.from('client,metric,value\na,colour,gr\u00fcn\n', 'latin1'));
    await writeFile(join(folder, 'latin1.txt'), Buffer.from([0x61, 0x0a, 0xfc, 0x0a]));
  });

  it.each([
    ['an unknown command', ['walk'], 'command-unknown: '],
    ['an unknown argument', ['run', '--registri', 'x'], 'argument-unknown: --registri is not one of --registry'],
    ['a stray word', ['run', 'small.json'], 'argument-unknown: small.json'],
    ['an argument without its value', ['run', '--registry'], 'argument-missing: --registry takes a value: FILE'],
    ['a flag with a value', ['run', '--json=yes'], 'argument-invalid: --json takes no value'],
    ['no registry', ['run', '--population', 'uniform'], 'argument-missing: --registry is needed'],
    ['no population', ['run', '--registry', 'small.json'], 'argument-missing: --population is needed'],
    [
      'no whole number of clients',
      ['run', '--registry', 'small.json', '--population', 'uniform', '--clients', '1.5'],
      'argument-invalid: --clients is a whole',
    ],
    ['an option twice', ['run', ...UNIFORM, '--clients', '9'], 'argument-invalid: --clients is given once'],
    ['an empty value', ['run', ...UNIFORM, '--seed', ''], 'argument-missing: --seed takes a value'],
    ['a seed that cannot be shown', ['run', ...UNIFORM, '--seed', 'a\x07'], 'argument-invalid: --seed is a text'],
    [
      'threads that nobody needs',
      ['run', ...UNIFORM, '--engine', 'exact', '--threads', '2'],
      'argument-invalid: --threads says nothing beside --engine exact',
    ],
    ['a page that is a folder', ['run', ...UNIFORM, '--out', 'folder.html'], 'folder.html: file-unwritable: '],
    ['an unknown engine', ['run', ...UNIFORM, '--engine', 'fast'], 'argument-invalid: --engine is clients or exact'],
    [
      'more clients than one by one',
      ['run', '--registry', 'small.json', '--population', 'uniform', '--clients', '20000000', '--engine', 'clients'],
      'argument-invalid: --clients is at most 10000000',
    ],
    [
      'windows of a file',
      ['run', '--registry', 'small.json', '--population', 'events-ok.csv', '--windows', '3'],
      'argument-invalid: --windows is for declared',
    ],
    ['a page that is none', ['run', ...UNIFORM, '--out', 'page.pdf'], 'argument-invalid: --out is the name of a file'],
    [
      'a page that cannot be written',
      ['run', ...UNIFORM, '--out', 'gone/page.html'],
      'gone/page.html: file-unwritable: ',
    ],
    ['no repetition', ['run', ...UNIFORM, '--repetitions', '0'], 'argument-invalid: --repetitions is a whole'],
    ['an unknown scenario', ['run', '--scenario', 'x'], 'scenario-unknown: --scenario is one of browser'],
    ['an unknown population', ['run', ...SMALL, '--population', 'pareto'], 'argument-invalid: --population is'],
    ['a missing file', ['run', ...SMALL, '--population', 'no.json'], 'no.json: file-unreadable: '],
    ['a missing CSV file', ['run', ...SMALL, '--population', 'no.csv'], 'no.csv: file-unreadable: '],
    ['a file that is not JSON', ['run', ...SMALL, '--population', 'broken.json'], 'broken.json:3:14: json-malformed: '],
    [
      'a wrong distribution',
      ['run', ...SMALL, '--population', 'wrong.json'],
      'wrong.json:3:17: population-invalid: metrics.colour.zipf is an exponent',
    ],
    ['a wrong header', ['run', ...SMALL, '--population', 'header.csv'], 'header.csv:1:1: events-header-invalid: '],
    ['a file without events', ['run', ...SMALL, '--population', 'empty.csv'], 'empty.csv: events-empty: '],
    [
      'candidates where there is no text metric',
      ['run', ...UNIFORM, '--candidates', 'texts.txt'],
      'argument-invalid: --candidates is for text metrics',
    ],
    [
      'a missing file of candidates',
      ['run', '--registry', 'rich.json', '--population', 'uniform', '--candidates', 'crash=no.txt'],
      'no.txt: file-unreadable',
    ],
    [
      'two files of candidates for one metric',
      ['run', '--registry', 'rich.json', '--population', 'uniform', '--candidates', 'home=texts.txt,home=texts.txt'],
      'argument-invalid: --candidates takes one FILE',
    ],
    [
      'candidates of an unknown metric',
      ['run', '--registry', 'rich.json', '--population', 'uniform', '--candidates', 'os=texts.txt'],
      'metric-unknown: --candidates is for text metrics: crash, home',
    ],
    [
      'candidates that are not UTF-8',
      ['run', '--registry', 'rich.json', '--population', 'uniform', '--candidates', 'latin1.txt'],
      'latin1.txt:2:1: texts-invalid: texts are in UTF-8',
    ],
    [
      'events that are not UTF-8',
      ['run', '--registry', 'small.json', '--population', 'latin1.csv'],
      'latin1.csv:2:12: texts-invalid: texts are in UTF-8',
    ],
    ['a missing registry', ['run', '--registry', 'no.json', '--population', 'uniform'], 'no.json: file-unreadable: '],
    [
      'an old registry',
      ['run', '--registry', 'old.json', '--population', 'uniform'],
      'old.json:1:1: registry-malformed',
    ],
    ['an edited registry', ['run', '--registry', 'edited.json', '--population', 'uniform'], 'fingerprint-mismatch'],
  ])('%s', async (_what, args, message) => {
    const { code, out, notes } = await sim(...args);
    expect(notes).toContain(message);
    expect(notes).toMatch(/^dither-sim: .+\n$/);
    expect(out).toBe('');
    expect(code).toBe(2);
  });
});
