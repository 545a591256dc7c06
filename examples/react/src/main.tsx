import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ConsentBanner } from './consent-banner.js';
import { SentPanel } from './sent-panel.js';
import { dither } from './telemetry.js';
import { Timer } from './timer.js';

// Until storage was read nobody knows whether the person was asked before.
await dither.ready;
const container = document.getElementById('app');
if (container !== null) {
  createRoot(container).render(
    <StrictMode>
      <ConsentBanner />
      <Timer />
      <SentPanel />
    </StrictMode>,
  );
}
