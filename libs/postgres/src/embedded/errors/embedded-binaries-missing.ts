import { AnnalsError } from '@annals/message';
import { USE_A_SERVER } from './advice.js';

/** No PostgreSQL programs are installed for this platform: there are none, or npm left the optional package out. */
export class EmbeddedBinariesMissing extends AnnalsError {
  readonly code = 'POSTGRES_EMBEDDED_BINARIES_MISSING';

  /**
   * @param platform operating system and processor, as in `linux-x64`
   * @param looked the package or folder that was looked for
   * @param cause what the resolver said
   */
  constructor(
    readonly platform: string,
    readonly looked: string,
    cause?: unknown,
  ) {
    super(
      `No embedded PostgreSQL for ${platform}: ${looked} is not installed. ` +
        `If npm offers that package, install again without --omit=optional; otherwise ${USE_A_SERVER}.`,
      cause,
    );
  }
}
