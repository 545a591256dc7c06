import { useConsent } from './telemetry.js';

/** Asks, and afterwards is the switch; what it shows follows what the person says, also in another tab. */
export function ConsentBanner() {
  const { status, isCurrent, bound, grant, withdraw } = useConsent();
  if (status === 'granted' && isCurrent) {
    return (
      <aside>
        Noisy answers are sent.{' '}
        <button type="button" onClick={() => withdraw()}>
          Stop
        </button>
      </aside>
    );
  }
  return (
    <aside>
      May this app answer a few questions about itself, with noise added on this device? All answers together reveal at
      most epsilon {bound?.perWindow} in {bound?.windowDays} days and {bound?.lifetime} in total.{' '}
      <button type="button" onClick={() => grant()}>
        Yes
      </button>
      {status !== 'denied' && (
        <button type="button" onClick={() => withdraw()}>
          No
        </button>
      )}
    </aside>
  );
}
