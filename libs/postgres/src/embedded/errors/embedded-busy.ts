import { AnnalsError } from '@annals/message';
import { USE_A_SERVER } from './advice.js';

/** Another process is starting or stopping the same embedded server, and did not finish in time. */
export class EmbeddedBusy extends AnnalsError {
  readonly code = 'POSTGRES_EMBEDDED_BUSY';
  override readonly retryable = true;

  /**
   * @param lock the folder of the lock
   * @param holder the process id of the lock's holder
   * @param waitedMs how long was waited, in milliseconds
   */
  constructor(
    readonly lock: string,
    readonly holder: number,
    readonly waitedMs: number,
  ) {
    super(
      `Process ${holder} has been starting or stopping the embedded PostgreSQL for more than ${waitedMs} ms (${lock}). ` +
        `Try again, or end that process if it hangs, or ${USE_A_SERVER}.`,
    );
  }
}
