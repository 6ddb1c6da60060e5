import type { Ownership, ProjectionStorage } from './projection-storage.js';
import type { ResolvedProjectionsOptions } from './projections-options.js';

/** The part of a lease that its holder relies on; the rest is for clocks and answers on their way. */
const TRUST = 0.9;

/**
 * Prolongs an ownership until it is lost or the signal aborts, three times per lease. A database that does not answer
 * ends the trust in the lease before the lease itself ends, counted from before the last good renewal was sent.
 * @param since when the ownership was asked for, milliseconds on the clock of the options
 * @returns true when it is lost, false when the signal ended it
 */
export async function keepOwnership(
  storage: ProjectionStorage,
  ownership: Ownership,
  { now, delay }: Pick<ResolvedProjectionsOptions, 'now' | 'delay'>,
  since: number,
  signal: AbortSignal,
): Promise<boolean> {
  const { leaseMs } = ownership;
  let trustedUntil = since + leaseMs * TRUST;
  await delay(leaseMs / 3, signal);
  while (!signal.aborted) {
    const asked = now();
    const left = Math.max(0, trustedUntil - asked);
    const answered = new AbortController();
    const renewal = storage.renew(ownership).catch(() => undefined);
    const late = delay(left, AbortSignal.any([signal, answered.signal])).then(() => undefined);
    const renewed = await Promise.race([renewal, late]);
    answered.abort();
    if (renewed === false) return true;
    if (renewed === true) trustedUntil = asked + leaseMs * TRUST;
    else if (now() >= trustedUntil) return !signal.aborted;
    await delay(Math.min(leaseMs / 3, Math.max(0, trustedUntil - now())), signal);
  }
  return false;
}
