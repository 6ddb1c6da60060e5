import { AnnalsError } from '@annals/message';
import { USE_A_SERVER } from './advice.js';

/** `initdb` could not make a new cluster. */
export class EmbeddedInitdbFailed extends AnnalsError {
  readonly code = 'POSTGRES_EMBEDDED_INITDB_FAILED';

  /**
   * @param data the directory that was to be made
   * @param said the last lines of initdb
   * @param cause what was caught, if anything
   */
  constructor(
    readonly data: string,
    readonly said: string,
    cause?: unknown,
  ) {
    super(`initdb could not make ${data}; it said:\n${said}\nMend that, or ${USE_A_SERVER}.`, cause);
  }
}
