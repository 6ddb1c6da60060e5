import { AnnalsError } from '@annals/message';

/** Only an archived stream can be restored. */
export class StreamNotArchived extends AnnalsError {
  readonly code = 'STORE_STREAM_NOT_ARCHIVED';

  constructor(readonly stream: string) {
    super(`Stream ${stream} is not archived: it is open, tombstoned, or was never there`);
  }
}
