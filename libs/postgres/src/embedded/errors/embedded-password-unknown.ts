import { AnnalsError } from '@annals/message';
import { USE_A_SERVER } from './advice.js';

/** There are data, but the password file beside them is missing or holds another password. */
export class EmbeddedPasswordUnknown extends AnnalsError {
  readonly code = 'POSTGRES_EMBEDDED_PASSWORD_UNKNOWN';

  /**
   * @param file the password file
   * @param data the data it should open
   * @param cause what was caught, if anything
   */
  constructor(
    readonly file: string,
    readonly data: string,
    cause?: unknown,
  ) {
    super(
      `${file} does not hold the password of ${data}. Put the file back (it was written with the data), or move both ` +
        `away to begin afresh, or ${USE_A_SERVER}.`,
      cause,
    );
  }
}
