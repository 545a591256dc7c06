import { showConsentBanner } from './consent-banner.js';
import { byId } from './elements.js';
import { showSentPanel } from './sent-panel.js';
import { dither } from './telemetry.js';

byId('notes').addEventListener('change', () => dither.record('edits'));
byId('export').addEventListener('click', () => window.print());
byId('crash').addEventListener('click', () => {
  throw new Error('as asked');
});
showSentPanel();
await showConsentBanner();
