import { createClient } from '@dither/sdk';
import { collectCrashes } from '@dither/sdk/collectors/crashes';
import { createHooks } from '@dither/sdk/react';
import { registry } from './registry.resolved.js';

export const dither = createClient({ registry, endpoint: 'http://127.0.0.1:8787' });

export const { useConsent, useRecord, useTiming } = createHooks(dither);

collectCrashes(dither, { crashed: 'crash' });
