import { describe, expect, it } from 'vitest';
import {
  average,
  biasOf,
  categorical,
  type Errors,
  isStated,
  settingsOf,
  throughClients,
  throughLaw,
} from './support/mse.js';

/**
 * n times the mean squared error against the stated variance, of every categorical mechanism: through the real clients, and by
 * the exact law of the state to ten million clients. False-alarm rates: `isStated` 1e-4, a normal score beyond 4 6e-5; seeded.
 */

const DOMAINS = [2, 16, 128, 1024];
const EPSILONS = [0.5, 1, 2, 4];

const CLIENTS = [100_000, 1_000_000, 10_000_000];

/** "1.02 (z -0.4)": the mean squared error over the stated variance, and the head item's bias in standard errors. */
function summary(errors: Errors): string {
  return `${average(errors.squares).toFixed(3)} (z ${biasOf(errors).toFixed(1)})`;
}

function check(errors: Errors): void {
  expect(isStated(errors)).toBe(true);
  expect(Math.abs(biasOf(errors))).toBeLessThan(4);
}

for (const mechanism of categorical) {
  describe(`n times the mean squared error of ${mechanism.id}, over the stated variance,`, () => {
    for (const setting of settingsOf(mechanism, DOMAINS, EPSILONS)) {
      const name = `${setting.domainSize} values, epsilon ${setting.epsilon}`;
      const isFew = setting.domainSize < 16;
      it(`is one through the real client: ${name}`, () => {
        const errors = throughClients({ ...setting, n: isFew ? 2000 : 20_000 }, isFew ? 400 : 30);
        console.log(`${mechanism.id}, ${name}: ${summary(errors)} through the client`);
        check(errors);
      });

      it(`does not grow with n by the exact law, to ten million clients: ${name}`, () => {
        const all = CLIENTS.map((n) => throughLaw({ ...setting, n }, isFew ? 1000 : 40));
        console.log(`${mechanism.id}, ${name}: ${all.map(summary).join(', ')} by the law, n ${CLIENTS.join(', ')}`);
        for (const errors of all) check(errors);
      });
    }
  });
}
