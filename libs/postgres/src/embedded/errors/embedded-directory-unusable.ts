import { AnnalsError } from '@annals/message';
import { USE_A_SERVER } from './advice.js';

/** The directory of the embedded server cannot be written, entered or understood. */
export class EmbeddedDirectoryUnusable extends AnnalsError {
  readonly code = 'POSTGRES_EMBEDDED_DIRECTORY_UNUSABLE';

  /**
   * @param path the file or directory at fault
   * @param reason why it cannot be used
   * @param cause what the file system said
   */
  constructor(
    readonly path: string,
    reason: string,
    cause?: unknown,
  ) {
    super(
      `The embedded PostgreSQL cannot use ${path}: ${reason}. Give it a writable \`directory\`, or ${USE_A_SERVER}.`,
      cause,
    );
  }
}
