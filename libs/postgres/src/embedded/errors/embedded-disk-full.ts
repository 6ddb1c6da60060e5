import { AnnalsError } from '@annals/message';
import { USE_A_SERVER } from './advice.js';

/** The disk, or the user's quota, has no room for the embedded server. */
export class EmbeddedDiskFull extends AnnalsError {
  readonly code = 'POSTGRES_EMBEDDED_DISK_FULL';
  override readonly retryable = true;

  /**
   * @param path where there was no room
   * @param said the error's or the log's own words
   * @param cause what was caught, if anything
   */
  constructor(
    readonly path: string,
    said: string,
    cause?: unknown,
  ) {
    super(
      `No room for the embedded PostgreSQL in ${path}: ${said}\n` +
        `A new cluster needs about 150 MB. Free some, give a \`directory\` on another disk, or ${USE_A_SERVER}.`,
      cause,
    );
  }
}
