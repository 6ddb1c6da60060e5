import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode } from '@annals/message';
import { backoffMs } from '@annals/message';

/** How a decision that lost a race is made again. */
export interface ConflictRetryOptions {
  /** Executions at the most, with the first; 1 never repeats. @default 5 */
  readonly attempts?: number;
  /** Milliseconds before the second attempt at the most, doubling with each further one. @default 10 */
  readonly baseMs?: number;
  /** Milliseconds between two attempts at the most. @default 500 */
  readonly maxMs?: number;
  /** A number from 0 up to 1, for the jitter. @default Math.random */
  readonly random?: () => number;
  /** Waits so many milliseconds. @default a timer */
  readonly delay?: (ms: number) => Promise<unknown>;
}

const DEFAULTS = { attempts: 5, baseMs: 10, maxMs: 500, random: Math.random, delay: (ms: number) => sleep(ms) };

/** @throws RangeError naming every option at fault */
export function resolveConflictRetry(given: ConflictRetryOptions = {}): Required<ConflictRetryOptions> {
  const options = { ...DEFAULTS, ...given };
  const faults: string[] = [];
  if (!Number.isInteger(options.attempts) || options.attempts < 1)
    faults.push('attempts must be a whole number from 1 on');
  if (!(options.baseMs >= 0)) faults.push('baseMs must be at least 0');
  if (!(options.maxMs >= options.baseMs)) faults.push('maxMs must be at least baseMs');
  if (faults.length > 0) throw new RangeError(`ConflictRetryOptions: ${faults.join('; ')}`);
  return options;
}

/**
 * Runs `work` again, after a pause, when another was faster: when it rejects with `STORE_WRONG_EXPECTED_REVISION`. Work
 * reads its state itself, so each attempt decides on fresh state. Any other error, and the last conflict, go on unchanged.
 * @param work is told the number of the attempt, from 1
 */
export function retryOnConflict<Result>(
  work: (attempt: number) => Promise<Result>,
  { attempts, baseMs, maxMs, random, delay }: Required<ConflictRetryOptions>,
): Promise<Result> {
  const attemptOnce = (attempt: number): Promise<Result> =>
    work(attempt).catch((error: unknown) => {
      if (attempt >= attempts || !isConflict(error)) throw error;
      return delay(backoffMs(attempt, { baseMs, maxMs }, random)).then(() => attemptOnce(attempt + 1));
    });
  return attemptOnce(1);
}

const isConflict = (error: unknown): boolean => hasCode(error, 'STORE_WRONG_EXPECTED_REVISION') && error.retryable;
