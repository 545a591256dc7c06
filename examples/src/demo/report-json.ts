import type { Registry } from '@dither/protocol';
import type { DemoResult } from './demo.js';

/** The same as one object, for programs. */
export function reportJson(registry: Registry, result: DemoResult): unknown {
  const { metrics, coverage, uploads, undelivered, exactlyOnce, spentBySample, seed, clients, badLines, isPassed } =
    result;
  return {
    app: registry.app,
    clients,
    seed,
    spent: { bound: registry.bound, sample: spentBySample },
    metrics: metrics.map(({ metric, answer, values }) => ({
      metric: metric.id,
      kind: metric.kind,
      population: answer.population,
      n: answer.n,
      status: answer.status,
      values: values.map((value) => ({
        value: value.label,
        quantity: value.quantity,
        truth: value.truth,
        estimate: value.value,
        low: value.low,
        high: value.high,
        standardError: value.standardError,
        n: value.n,
        epsilon: answer.epsilon.declared,
        mechanism: answer.mechanism,
        detectionLimit: value.detectionLimit,
        covered: value.isCovered,
      })),
    })),
    coverage,
    uploads: { ...uploads, undelivered, exactlyOnce },
    badLines,
    passed: isPassed,
  };
}
