import { DeadlineExceeded } from '../deadline-exceeded.js';
import type { Execute, Execution, Stage } from './stage.js';

/**
 * Ends the wait for a command or query when its time is up, or when nobody waits for it any more. Its handler is told by
 * the signal; a command with an id does not commit any more then. One without may, or may not.
 * @throws DeadlineExceeded (`CQRS_DEADLINE_EXCEEDED`), or the reason of the caller's signal
 */
export const deadline: Stage = (next) => (execution) =>
  // Nearly all pass here, and a promise less is felt.
  execution.timeoutMs === undefined && execution.signal === NEVER ? next(execution) : within(next, execution);

async function within(next: Execute, execution: Execution): Promise<unknown> {
  const { timeoutMs, signal } = execution;
  signal.throwIfAborted();
  const late = new AbortController();
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          late.abort(new DeadlineExceeded(execution.message.constructor.name, timeoutMs));
        }, timeoutMs);
  const either = AbortSignal.any([signal, late.signal]);
  const aborted = new Promise<never>((_, reject) => {
    either.addEventListener('abort', () => {
      reject(either.reason as Error);
    });
  });
  try {
    return await Promise.race([next({ ...execution, signal: either }), aborted]);
  } finally {
    clearTimeout(timer);
  }
}

/** A signal that nobody can abort. */
export const NEVER: AbortSignal = new AbortController().signal;
