import type { Inspection } from '@dither/sdk/inspect';
import { useState } from 'react';
import { dither } from './telemetry.js';

/** What is on this device, and every message that left it. Its code is loaded when somebody looks. */
export function SentPanel() {
  const [inspection, setInspection] = useState<Inspection>();

  async function look(): Promise<void> {
    const { inspect } = await import('@dither/sdk/inspect');
    setInspection(await inspect(dither));
  }

  return (
    <section>
      <button type="button" onClick={() => look()}>
        What this app tells its makers
      </button>
      {inspection && <Sent {...inspection} />}
    </section>
  );
}

function Sent({ spent, left, open, messages }: Inspection) {
  return (
    <>
      <p>
        Spent in these 28 days: epsilon {spent.inWindow}. Left: {left.inWindow}.
      </p>
      <table>
        <caption>On this device only, until noise is added</caption>
        <tbody>
          {open.map(({ metric, start, value }) => (
            <tr key={`${metric}@${start}`}>
              <th>{metric}</th>
              <td>{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <table>
        <caption>Sent, or about to be</caption>
        <tbody>
          {messages.map(({ id, day, state, reports }) => (
            <tr key={id}>
              <th>{new Date(day * 86_400_000).toLocaleDateString()}</th>
              <td>{state}</td>
              <td>{reports.map(({ metric }) => metric).join(', ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
