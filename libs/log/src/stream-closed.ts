import { AnnalsError } from '@annals/message';
import { streamOfKey, titleOfKey } from './stream-key.js';

/** The stream has been archived or tombstoned. Nothing was written. */
export class StreamClosed extends AnnalsError {
  readonly code = 'STORE_STREAM_CLOSED';
  /** By its name. */
  readonly stream: string;

  /** @param key of the stream */
  constructor(key: string) {
    super(
      `Stream ${titleOfKey(key)} is closed: an archived stream takes events again once it is restored, a tombstoned one never`,
    );
    this.stream = streamOfKey(key).stream;
  }
}
