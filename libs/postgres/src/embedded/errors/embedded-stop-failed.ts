import { AnnalsError } from '@annals/message';

/** The embedded server did not end when asked to. */
export class EmbeddedStopFailed extends AnnalsError {
  readonly code = 'POSTGRES_EMBEDDED_STOP_FAILED';

  /**
   * @param pid the server's process id
   * @param waitedMs how long was waited, in milliseconds
   * @param log the file with the server's log
   */
  constructor(
    readonly pid: number,
    readonly waitedMs: number,
    readonly log: string,
  ) {
    super(
      `The embedded PostgreSQL (process ${pid}) did not end within ${waitedMs} ms, neither by a fast nor by an immediate ` +
        `shutdown. ${log} may say why; the next start will adopt it if it still runs.`,
    );
  }
}
