import { category, defineRegistry } from '@dither/sdk';
import { grr, oue } from '@dither/sdk/mechanisms';
import { monthly } from './policy.js';

/**
 * One question. The mechanism follows from the length of the list by a rule known beforehand: GRR has the smaller
 * variance while the domain, "none" included, is below 3 e^epsilon + 2, OUE from there on (Wang et al. 2017,
 * USENIX Security, section 5). What it chose is written in the registry.
 */
export function browsersRegistry(values: readonly string[], expectedClients: number) {
  const domainSize = values.length + 1;
  return defineRegistry({
    app: 'org.example.site',
    expectedClients,
    metrics: {
      browser: category({
        ...monthly,
        description: 'Family of the browser.',
        purpose: 'Decide which browsers to test with.',
        values,
        mechanism: domainSize < 3 * Math.exp(monthly.epsilon) + 2 ? grr : oue,
      }),
    },
  });
}
