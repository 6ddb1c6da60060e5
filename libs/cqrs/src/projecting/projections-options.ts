import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/** How a process runs its projections. */
export interface ProjectionsOptions {
  /** Events per transaction at the most. @default 500 */
  readonly batchSize?: number;
  /**
   * Milliseconds until an owner that gives no sign of life is replaced. A transaction that idles as long is ended by the
   * database. @default 6000
   */
  readonly leaseMs?: number;
  /** Milliseconds between looks whether a projection that another process runs is free. @default 1000 */
  readonly standbyMs?: number;
  /** Milliseconds between looks for new events, should every wake-up be lost. @default 1000 */
  readonly pollMs?: number;
  /** Milliseconds one transaction may take; a projection whose handler never ends is stopped then. @default 60000 */
  readonly maxTransactionMs?: number;
  /** How often an event is tried before its projection stops. @default 5 */
  readonly attempts?: number;
  /** Milliseconds before the second attempt at the most, doubling with each further one. @default 200 */
  readonly retryBaseMs?: number;
  /** Milliseconds between two attempts at the most. @default 10000 */
  readonly retryMaxMs?: number;
  /** Names this process's attempt to be an owner. @default a random UUID */
  readonly holder?: string;
  /** A number from 0 up to 1, for the jitter. @default Math.random */
  readonly random?: () => number;
  /** Milliseconds on a clock that never goes back. @default performance.now */
  readonly now?: () => number;
  /** Waits so many milliseconds, or less when the signal aborts; resolves either way. @default a timer */
  readonly delay?: (ms: number, signal: AbortSignal) => Promise<void>;
}

export type ResolvedProjectionsOptions = Required<ProjectionsOptions>;

const DEFAULTS = {
  batchSize: 500,
  leaseMs: 6_000,
  standbyMs: 1_000,
  pollMs: 1_000,
  maxTransactionMs: 60_000,
  attempts: 5,
  retryBaseMs: 200,
  retryMaxMs: 10_000,
  random: Math.random,
  now: () => performance.now(),
  delay: (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }).catch(() => undefined),
};

const COUNTS = [
  'batchSize',
  'leaseMs',
  'standbyMs',
  'pollMs',
  'maxTransactionMs',
  'attempts',
  'retryBaseMs',
  'retryMaxMs',
] as const;

/** @throws RangeError naming every option at fault */
export function resolveProjectionsOptions(given: ProjectionsOptions = {}): ResolvedProjectionsOptions {
  const options = { holder: randomUUID(), ...DEFAULTS, ...given };
  const faults = COUNTS.filter((key) => !Number.isSafeInteger(options[key]) || options[key] < 1).map(
    (key) => `${key} must be a whole number from 1 on`,
  );
  if (faults.length > 0) throw new RangeError(`ProjectionsOptions: ${faults.join('; ')}`);
  return options;
}
