import { AnnalsError } from '@annals/message';
import { USE_A_SERVER } from './advice.js';

/** This process is root, PostgreSQL refuses to be, and no other user can be taken on. */
export class EmbeddedUserMissing extends AnnalsError {
  readonly code = 'POSTGRES_EMBEDDED_USER_MISSING';

  /**
   * @param reason why no other user will do
   * @param cause what was caught, if anything
   */
  constructor(reason: string, cause?: unknown) {
    super(
      `PostgreSQL does not run as root, and ${reason}. Run this program as a plain user ` +
        `(docker run --user, or USER in the Dockerfile), or ${USE_A_SERVER}.`,
      cause,
    );
  }
}
