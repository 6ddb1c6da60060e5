import { describe, expect, it } from 'vitest';
import { backoffMs } from './backoff.js';

describe('The pause before the next attempt', () => {
  it('doubles with each failure up to its limit, half of it by chance', () => {
    const steps = { baseMs: 100, maxMs: 500 };
    expect([1, 2, 3, 4, 60].map((failed) => backoffMs(failed, steps, () => 0))).toEqual([50, 100, 200, 250, 250]);
    expect([1, 2, 3, 4, 60].map((failed) => backoffMs(failed, steps, () => 0.5))).toEqual([75, 150, 300, 375, 375]);
  });
});
