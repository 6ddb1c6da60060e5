import type { ProjectionRunner } from './projection-runner.js';
import type { ResolvedProjectionsOptions } from './projections-options.js';

/** What a projection's next change is waited for by. */
export interface NextChange {
  /**
   * Resolves with it, or after so long, since another process may be the owner, whose moves are seen by looking.
   * @param ms milliseconds
   * @param signal ends the wait as well
   */
  orAfter(ms: number, signal?: AbortSignal): Promise<void>;
  /** For who does not wait for it after all. */
  forget(): void;
}

/** Watches from now on, so that no change is missed between a look and the wait for the next. */
export function nextChange(
  runner: Pick<ProjectionRunner, 'onChange'>,
  delay: ResolvedProjectionsOptions['delay'],
): NextChange {
  const over = new AbortController();
  const end = (): void => {
    over.abort();
  };
  const forget = runner.onChange(end);
  return {
    forget,
    async orAfter(ms, signal) {
      if (signal?.aborted === true) end();
      signal?.addEventListener('abort', end, { once: true });
      await delay(ms, over.signal);
      signal?.removeEventListener('abort', end);
      forget();
    },
  };
}
