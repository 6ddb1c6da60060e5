/** How long to wait before the next attempt. */
export interface BackoffOptions {
  /** Milliseconds before the second attempt, at the most; doubles with each further one. */
  readonly baseMs: number;
  /** Milliseconds at the most. */
  readonly maxMs: number;
}

/**
 * Half of an exponential step for certain and half by chance, so that those who collided do not meet again ("equal
 * jitter", AWS Architecture Blog, "Exponential Backoff And Jitter").
 * @param failed how many attempts have failed, from 1
 * @param random a number from 0 up to, but not including, 1
 * @returns milliseconds
 */
export function backoffMs(failed: number, { baseMs, maxMs }: BackoffOptions, random: () => number): number {
  const step = Math.min(maxMs, baseMs * 2 ** (failed - 1));
  return step / 2 + (step / 2) * random();
}
