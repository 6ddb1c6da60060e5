import { AnnalsError } from '@annals/message';
import { USE_A_SERVER } from './advice.js';

/** The embedded server ended at start, or did not answer in time. */
export class EmbeddedStartFailed extends AnnalsError {
  readonly code = 'POSTGRES_EMBEDDED_START_FAILED';

  /**
   * @param what how it failed
   * @param log the file with the whole log
   * @param said the log's last lines
   * @param cause what was caught, if anything
   */
  constructor(
    what: string,
    readonly log: string,
    readonly said: string,
    cause?: unknown,
  ) {
    super(`The embedded PostgreSQL ${what}; ${log} ends with:\n${said}\nMend that, or ${USE_A_SERVER}.`, cause);
  }
}
