import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as oneBitMean from '@dither/mechanisms/one-bit-mean';
import * as rappor from '@dither/mechanisms/rappor';
import * as rr from '@dither/mechanisms/rr';
import { boolean, count, defineRegistry, type MetricOptions, registryToText, text } from '@dither/protocol';
import { silentAfter } from '@dither/protocol/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Command, readArguments } from '../src/commands/command.js';
import { compare } from '../src/commands/compare.js';
import { plan } from '../src/commands/plan.js';
import { comparePage } from '../src/compare/page.js';
import type { CompareReport } from '../src/compare/report.js';
import { wishPage } from '../src/plan/page.js';
import { registryPage } from '../src/plan/registry/page.js';
import type { RegistryPlanReport } from '../src/plan/registry/report.js';
import type { WishReport } from '../src/plan/report.js';
import { solve } from '../src/plan/solve.js';
import { policy } from '../src/policy.js';
import type { Candidate } from '../src/predict/candidates.js';
import { candidatesOf, problemFor, runWith, taskFor } from './plan-world.js';

const about: Omit<MetricOptions, 'epsilon'> = {
  description: 'Something',
  purpose: 'To test',
  owner: 'tests@example.org',
  period: 28,
  expires: '2099-12-31',
};

const used = (epsilon: number) => boolean({ ...about, epsilon, mechanism: rr.client });
const opened = (epsilon: number) => count({ ...about, epsilon, clamp: 20, mechanism: oneBitMean.client });

/** A budget of its own: a quarter of the usual one a window, and less than a tenth of the usual one a life. */
const frugal = defineRegistry({
  app: 'org.example.frugal',
  expectedClients: 5000,
  budget: { perWindow: 2, windowDays: 28, lifetime: 10 },
  metrics: { used: used(1) },
});

/** What stays is charged once in three windows, what happens in each. */
const latched = {
  app: 'org.example.latched',
  expectedClients: 50_000,
  participation: 'sampled',
} as const;
const home = text({
  ...about,
  latch: { epsilonFirst: 2, epsilonInfinity: 4, epoch: 84 },
  mechanism: rappor.client,
});

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dither-budget-'));
  await writeFile(join(folder, 'frugal.json'), registryToText(frugal));
  const metrics = { used: used(1), opened: opened(1), home };
  await writeFile(join(folder, 'latched.json'), registryToText(defineRegistry({ ...latched, metrics })));
  const wishes = [
    { metric: 'used', wish: 'rate within 2 points' },
    { metric: 'opened', wish: 'mean within 1' },
  ];
  await writeFile(join(folder, 'wishes.json'), JSON.stringify({ wishes }));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function reported<Report>(command: Command, stop: AbortSignal, args: readonly string[]): Promise<Report> {
  let out = '';
  const at = args.map((arg) => (arg.endsWith('.json') ? join(folder, arg) : arg));
  await command.run(readArguments(command, ['--json', '--quick', '--seed', '1', ...at]), {
    out: (words) => {
      out += words;
    },
    note: () => undefined,
    isTerminal: false,
    isColoured: false,
    now: () => 0,
    stop,
  });
  return JSON.parse(out) as Report;
}

const never = new AbortController().signal;

describe('the budget of a registry', () => {
  const metric = ['--registry', 'frugal.json', '--metric', 'used'];

  it('is what plan goes by', async () => {
    const easy = ['--wish', 'rate within 2 points', '--epsilon', '1.4', ...metric];
    // Seven windows of 1.4 in a life of 10.
    expect((await reported<WishReport>(plan, never, easy)).answer?.person).toMatchObject({ windows: 7, days: 196 });
    const hard = ['--wish', 'rate within .5 points', '--clients', '20000', ...metric];
    const { answer, ceiling } = await reported<WishReport>(plan, never, hard);
    expect(ceiling).toEqual({ epsilon: 2, reason: 'one report in 28 days, in which a person spends 2 at most' });
    expect(answer).toBeNull();
  });

  it('is what compare goes by', async () => {
    const args = ['--clients', '1000', '--epsilons', '1,4', ...metric];
    const report = await reported<CompareReport>(compare, never, args);
    expect(report.ceiling.epsilon).toBe(2);
    expect(report.cells[0]?.person).toMatchObject({ windows: 10, days: 280 });
    const notes = comparePage(report).sections.flatMap((section) => section.notes ?? []);
    expect(notes).toContainEqual(
      expect.stringMatching(/^Above epsilon 2 it cannot be declared: one report in 28 days/),
    );
    const dear = await reported<CompareReport>(compare, never, ['--clients', '1000', '--epsilons', '4', ...metric]);
    expect(dear.recommended).toBeNull();
    expect(comparePage(dear).lead[0]).toMatch(/^None of these epsilons can be declared: at most 2,/);
  });
});

describe('dither-sim plan --wishes', () => {
  const args = ['--registry', 'latched.json', '--wishes', 'wishes.json'];

  it('counts as check does for how long a device lasts, with what latched metrics charge once an epoch', async () => {
    const { person, participation, metrics } = await reported<RegistryPlanReport>(plan, never, args);
    const epsilonOf = (id: string): number => metrics.find((one) => one.id === id)?.epsilon ?? Number.NaN;
    const declared = defineRegistry({
      ...latched,
      participation,
      budget: { perWindow: person.perWindow },
      metrics: { used: used(epsilonOf('used')), opened: opened(epsilonOf('opened')), home },
    });
    const { windows, days } = silentAfter(declared);
    expect(person).toMatchObject({ windows, days });
    // Not as if every window were as full as the fullest.
    expect(windows).toBeGreaterThan(1.5 * Math.floor(declared.bound.lifetime / person.perWindow));
  });

  it('does not say that a wish is missed where it was stopped before that was known', async () => {
    const report = await reported<RegistryPlanReport>(plan, AbortSignal.abort(), args);
    expect(report).toMatchObject({ isPartial: true, isMet: null });
    expect(report.metrics.flatMap(({ wishes }) => wishes.map(({ isMet }) => isMet))).toEqual([null, null]);
    expect(registryPage(report).lead[0]).toBe('Stopped before all was verified: 0 of 2 wishes are known to be met.');
  });
});

describe('dither-sim plan --wish', () => {
  it('does not say that a wish is met before it is verified', async () => {
    const wish = ['--wish', 'mean within 1', '--clients', '1e4'];
    const report = await reported<WishReport>(plan, AbortSignal.abort(), wish);
    expect(report).toMatchObject({ isPartial: true, isMet: null });
    expect(wishPage(report).lead.join(' ')).not.toMatch(/is not possible/);
  });

  it('finds what lies far from its prediction', async () => {
    // Of a flat curve the square wave is predicted to know the median from next to no reports: it begins with a flat curve.
    const effort = { ...policy.plan.effort.quick, quantiles: { steps: [2, 4], verify: 4 } };
    const one = { wish: 'median within 2%', kind: 'quantity', size: 64 } as const;
    const task = taskFor(one);
    const [wave] = candidatesOf(task, 'square-wave') as [Candidate];
    const solution = await solve(problemFor(task, { n: 20_000 }), wave, 0.083, runWith('far', effort));
    expect(solution?.found).toBeGreaterThan(1);
  });

  it('is in a hurry with --quick', () => {
    // At 8 ms a percentile and 100 ms a decoding, of two mechanisms: some 3 and 5 seconds.
    const sum = ({ steps, verify }: { readonly steps: readonly number[]; readonly verify: number }) =>
      steps.reduce((all, one) => all + one, verify);
    expect(sum(policy.plan.effort.quick.quantiles)).toBeLessThanOrEqual(200);
    expect(sum(policy.plan.effort.quick.texts)).toBeLessThanOrEqual(50);
  });
});
