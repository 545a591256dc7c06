import { describe, it } from 'vitest';
import { killUnderLoad } from './kill-under-load.js';

describe('kill -9 under load', () => {
  it('loses and doubles nothing over 4 kills, with retries and duplicates', () => killUnderLoad(4));
});
