import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ConsentBanner } from './consent-banner.js';
import { SentPanel } from './sent-panel.js';
import { Timer } from './timer.js';

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
