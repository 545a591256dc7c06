import { createClient } from '@dither/sdk';
import { collectCrashes } from '@dither/sdk/collectors/crashes';
import { collectFeatures } from '@dither/sdk/collectors/features';
import { collectPage } from '@dither/sdk/collectors/page';
import { collectSystem } from '@dither/sdk/collectors/system';
import { onCLS, onLCP } from 'web-vitals';
import { registry } from './registry.resolved.js';

export const dither = createClient({ registry, endpoint: 'http://127.0.0.1:8787', debug: true });

collectPage(dither, { load: 'load', lcp: 'lcp', cls: 'cls' }, { vitals: { onCLS, onLCP } });
collectCrashes(dither, { crashed: 'crash' });
collectFeatures(dither, ['export']);
collectSystem(dither, { os: 'os' });
