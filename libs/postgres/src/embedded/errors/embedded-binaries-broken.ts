import { AnnalsError } from '@annals/message';
import { USE_A_SERVER } from './advice.js';

/** The PostgreSQL programs are installed, but cannot be run here. */
export class EmbeddedBinariesBroken extends AnnalsError {
  readonly code = 'POSTGRES_EMBEDDED_BINARIES_BROKEN';

  /**
   * @param program the program that was tried
   * @param reason what the operating system, the loader or the program said
   * @param cause the error of the attempt, if there is one
   */
  constructor(
    readonly program: string,
    reason: string,
    cause?: unknown,
  ) {
    super(
      `${program} does not run here: ${reason}. The programs need glibc (Alpine's musl will not do) and a file system ` +
        `mounted without noexec; otherwise ${USE_A_SERVER}.`,
      cause,
    );
  }
}
