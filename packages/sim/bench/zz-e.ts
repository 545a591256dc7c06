import { readFileSync } from 'node:fs';
import { loadRegistry } from '@dither/protocol/node';
import { Model } from '../src/plan/registry/model.js';
import { bestPlan } from '../src/plan/registry/optimise.js';
import * as pr from '../src/plan/registry/plan-registry.js';
import { readWishes } from '../src/plan/registry/wishes-file.js';
import { openShares } from '../src/predict/open-subject.js';
import { seededSources } from '../src/seeded.js';

const s = seededSources('1');
const registry = await loadRegistry('/work/main/packages/sim/scenarios/browser.registry.json');
const wishes = readWishes('w', readFileSync('/tmp/wishes.json', 'utf8'));
const pop = await openShares(
  { population: '/work/main/packages/sim/scenarios/browser.population.json' },
  registry,
  s('e'),
  { note: () => {} },
);
for (const clients of [20000, 200000]) {
  let t = performance.now();
  const planned = (pr as any).plannedOf(registry, pop, wishes, clients);
  console.log('tables', performance.now() - t);
  t = performance.now();
  const model = new Model(registry, planned, clients, s('orders'));
  const plan = await bestPlan(model, 8, new AbortController().signal);
  console.log('best', performance.now() - t, plan.perWindow, plan.epsilons.map((e) => e.toFixed(3)).join(' '));
  t = performance.now();
  const o = model.outcome(plan);
  console.log(
    o.bound,
    o.isSound,
    o.inclusion.map((x) => x.toFixed(3)).join(' '),
    o.ratios
      .flat()
      .map((x) => x.toFixed(3))
      .join(' '),
  );
  t = performance.now();
  for (let i = 0; i < 100; i++) model.outcome(plan);
  console.log('outcome ms', (performance.now() - t) / 100);
  t = performance.now();
  try {
    console.log(
      model
        .exactOutcome(plan)
        .inclusion.map((x) => x.toFixed(3))
        .join(' '),
      performance.now() - t,
    );
  } catch (e) {
    console.log(String(e));
  }
}
