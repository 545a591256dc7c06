import { button, byId, paragraph } from './elements.js';
import { dither } from './telemetry.js';

/** Asks once, and again if an update asks for more; afterwards it is the switch that turns telemetry off and on. */
export async function showConsentBanner(): Promise<void> {
  // Until storage has been read nobody knows what the person said.
  await dither.ready;
  dither.consent.subscribe(draw);
  draw();
}

function draw(): void {
  const banner = byId('consent');
  banner.hidden = false;
  banner.replaceChildren(...contents());
}

function contents(): readonly HTMLElement[] {
  const { status, isCurrent } = dither.consent;
  const off = button('No', () => dither.consent.withdraw());
  if (status === 'granted' && isCurrent)
    return [paragraph('Noisy answers are sent.'), button('Stop', () => dither.consent.withdraw())];
  if (status === 'denied') return [paragraph('Nothing is sent.'), button('Help us', () => grant())];
  return [paragraph(question()), button('Yes', () => grant()), off];
}

function question(): string {
  const { perWindow, windowDays, lifetime } = dither.consent.bound;
  const signal = isSignalled() ? ' Your browser asks sites not to share your data; this would be an exception.' : '';
  return (
    'May this app answer a few questions about itself, with noise added on this device? All answers together reveal at ' +
    `most epsilon ${perWindow} in ${windowDays} days and ${lifetime} in total. You can look at every one below.${signal}`
  );
}

/** Who set Global Privacy Control has just been told so. */
function grant(): Promise<void> {
  return dither.consent.grant({ despiteGpc: isSignalled() });
}

function isSignalled(): boolean {
  return (navigator as { readonly globalPrivacyControl?: boolean }).globalPrivacyControl === true;
}
