import { AnnalsError } from '@annals/message';

/** There is no such stream: it has no events, and never had one that was not rolled back. */
export class StreamNotFound extends AnnalsError {
  readonly code = 'STORE_STREAM_NOT_FOUND';

  constructor(readonly stream: string) {
    super(`Stream ${stream} has no events, so there is nothing to archive or tombstone`);
  }
}
