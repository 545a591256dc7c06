import { describe, it } from 'vitest';
import { killWhileLiving } from '../support/kills.js';

describe('an app on Node, killed at random moments', () => {
  it('keeps every promise over 20 kills', () => killWhileLiving(20));
});
