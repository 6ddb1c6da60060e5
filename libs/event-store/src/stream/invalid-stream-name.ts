import { AnnalsError } from '@annals/message';

/** A name that no stream can have; nothing was read or written. */
export class InvalidStreamName extends AnnalsError {
  readonly code = 'STORE_INVALID_STREAM_NAME';

  /** @param fault what is wrong, as the end of a sentence that begins with the name */
  constructor(
    readonly stream: unknown,
    fault: string,
  ) {
    super(
      `The stream name ${typeof stream === 'string' ? JSON.stringify(stream.slice(0, 80)) : typeof stream} ${fault}`,
    );
  }
}
