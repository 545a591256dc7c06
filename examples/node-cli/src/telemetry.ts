import { join } from 'node:path';
import { createClient } from '@dither/sdk';
import { collectCrashes } from '@dither/sdk/collectors/crashes';
import { collectSystem } from '@dither/sdk/collectors/system';
import { inspect } from '@dither/sdk/inspect';
import { nodePlatform } from '@dither/sdk/node';
import { registry } from './registry.js';

export type Telemetry = ReturnType<typeof startTelemetry>;

/** @param home - the folder that makes this installation: one per person */
export function startTelemetry(home: string, endpoint: string) {
  const platform = nodePlatform({ directory: join(home, 'telemetry') });
  const dither = createClient({ registry, endpoint, platform });
  collectCrashes(dither, { crashed: 'crash', signature: 'crash-signature' });
  collectSystem(dither, { os: 'os' });
  return dither;
}

/** `todo telemetry`: what it is, `on`, `off`, or `show` what is on this machine and what left it. */
export async function telemetryCommand(dither: Telemetry, word: string | undefined): Promise<string> {
  if (word === 'on') await dither.consent.grant();
  if (word === 'off') await dither.consent.withdraw();
  return word === 'show' ? show(dither) : explain(dither);
}

function explain({ consent: { status, bound } }: Telemetry): string {
  return [
    `Telemetry is ${status === 'granted' ? 'on' : 'off'}.`,
    'todo can answer a few questions about itself, with noise added on this machine before anything is sent.',
    `All answers together reveal at most epsilon ${bound.perWindow} in ${bound.windowDays} days, ${bound.lifetime} in total.`,
    'todo telemetry on | off | show',
  ].join('\n');
}

async function show(dither: Telemetry): Promise<string> {
  const { spent, left, open, messages } = await inspect(dither);
  return [
    `Spent: epsilon ${spent.inWindow}. Left: ${left.inWindow}.`,
    ...open.map(({ metric, value }) => `On this machine only, until noise is added: ${metric}: ${value}`),
    ...messages.map(({ day, state, bytes }) => {
      const date = new Date(day * 86_400_000).toISOString().slice(0, 10);
      return `${state}, made on ${date}: ${Buffer.from(bytes).toString('hex')}`;
    }),
  ].join('\n');
}
