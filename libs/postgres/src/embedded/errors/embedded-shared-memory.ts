import { AnnalsError } from '@annals/message';
import { USE_A_SERVER } from './advice.js';

/** The operating system gave the embedded server no shared memory. */
export class EmbeddedSharedMemory extends AnnalsError {
  readonly code = 'POSTGRES_EMBEDDED_SHARED_MEMORY';

  /**
   * @param log the file with the whole log
   * @param said the log's last lines
   */
  constructor(
    readonly log: string,
    readonly said: string,
  ) {
    super(
      `The embedded PostgreSQL got no shared memory; ${log} ends with:\n${said}\n` +
        `Ask for less (settings: { shared_buffers: '16MB' }), enlarge /dev/shm (docker run --shm-size=256m), remove ` +
        `segments left behind (ipcs -m), or ${USE_A_SERVER}.`,
    );
  }
}
