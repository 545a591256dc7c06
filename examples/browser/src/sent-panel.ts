import type { Inspection } from '@dither/sdk/inspect';
import { button, byId, paragraph, table } from './elements.js';
import { dither } from './telemetry.js';

/** What is on this device, and every message that left it. Its code is loaded when somebody looks. */
export function showSentPanel(): void {
  byId('sent').addEventListener('toggle', () => void draw());
}

async function draw(): Promise<void> {
  const { inspect, toJson } = await import('@dither/sdk/inspect');
  const inspection = await inspect(dither);
  byId('sent')
    .querySelector('div')
    ?.replaceChildren(
      ...describe(inspection),
      button('Look again', () => draw()),
      button('Save', () => save(toJson(inspection))),
    );
}

function describe({ spent, left, open, messages }: Inspection): readonly HTMLElement[] {
  return [
    paragraph(`Spent in these 28 days: epsilon ${spent.inWindow}. Left: ${left.inWindow}.`),
    paragraph('On this device only, until noise is added:'),
    table(
      ['question', 'answer so far'],
      open.map(({ metric, value }) => [metric, value]),
    ),
    paragraph('Sent, or about to be:'),
    table(
      ['day', 'state', 'reports', 'bytes'],
      messages.map(({ day, state, reports, bytes }) => [
        new Date(day * 86_400_000).toLocaleDateString(),
        state,
        reports.map(({ metric }) => metric).join(', '),
        hex(bytes),
      ]),
    ),
  ];
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function save(json: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([json], { type: 'application/json' }));
  link.download = 'telemetry.json';
  link.click();
  URL.revokeObjectURL(link.href);
}
