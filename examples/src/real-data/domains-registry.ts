import { defineRegistry, text } from '@dither/sdk';
import { oneTimeRappor } from '@dither/sdk/mechanisms';
import { monthly } from './policy.js';

/** The same question at two prices, so that one replay shows what the dearer one buys: together 5 of the default 8. */
export function domainsRegistry(expectedClients: number) {
  const homepage = {
    ...monthly,
    description: 'Domain of the homepage.',
    purpose: 'Decide which sites to test first.',
    maxLength: 253,
    mechanism: oneTimeRappor,
  } as const;
  return defineRegistry({
    app: 'org.example.domains',
    expectedClients,
    metrics: {
      'homepage-epsilon-1': text(homepage),
      'homepage-epsilon-4': text({ ...homepage, epsilon: 4 }),
    },
  });
}
