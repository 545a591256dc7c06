import { fileURLToPath } from 'node:url';
import { SimError } from './errors.js';

/** A named case: everything a run needs but its seed. */
export interface Scenario {
  readonly summary: string;
  /** Paths of files, or what `--population` takes. */
  readonly registry: string;
  readonly population: string;
  readonly clients: number;
}

function shipped(file: string): string {
  return fileURLToPath(new URL(`../scenarios/${file}`, import.meta.url));
}

const browser = { registry: shipped('browser.registry.json'), population: shipped('browser.population.json') };

/** The cases that ship: one app in the conditions that decide what can be seen. */
export const scenarios: Readonly<Record<string, Scenario>> = Object.freeze({
  browser: { ...browser, summary: 'a browser-like app of middling size', clients: 20_000 },
  'browser-early': { ...browser, summary: 'the same app, just launched: little can be seen', clients: 1000 },
  'browser-large': { ...browser, summary: 'the same app, grown: one percent is told from none', clients: 200_000 },
  'browser-flat': { ...browser, summary: 'every value equally common', population: 'uniform', clients: 20_000 },
  'browser-steep': { ...browser, summary: 'a few values hold nearly all', population: 'zipf:2', clients: 20_000 },
});

/** @throws SimError `scenario-unknown` */
export function scenario(name: string): Scenario {
  const found = Object.hasOwn(scenarios, name) ? scenarios[name] : undefined;
  if (found === undefined) {
    throw new SimError('scenario-unknown', `--scenario is one of ${Object.keys(scenarios).join(', ')}`);
  }
  return found;
}
