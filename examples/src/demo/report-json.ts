import type { Registry } from '@dither/protocol';
import type { EstimateAnswer } from '@dither/server';
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
      ...partOf(answer),
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
        ...(value.quantity === 'text'
          ? {
              pValue: value.pValue,
              detected: value.isDetected,
              listed: value.isListed,
              confusedWith: value.confusedWith,
            }
          : {}),
      })),
    })),
    coverage,
    uploads: { ...uploads, undelivered, exactlyOnce },
    badLines,
    passed: isPassed,
  };
}

/** What only amounts have, or only texts. */
function partOf(answer: EstimateAnswer): object {
  switch (answer.answers) {
    case 'frequencies':
      return {};
    case 'distribution':
      return { unit: answer.unit };
    case 'texts':
      return { texts: answer.texts };
  }
}
