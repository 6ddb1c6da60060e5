import { AnnalsError } from '@annals/message';
import { streamOfKey, titleOfKey } from './stream-key.js';

/** Some ids of an append are already taken, but it is no repetition of an earlier append; nothing was written. */
export class EventIdReused extends AnnalsError {
  readonly code = 'STORE_EVENT_ID_REUSED';

  /** By its name. */
  readonly stream: string;

  /** @param key of the stream */
  constructor(key: string) {
    super(
      `An append to stream ${titleOfKey(key)} has ids of events that are already stored, but not all of them in this order in ` +
        'this stream: give each event an id of its own',
    );
    this.stream = streamOfKey(key).stream;
  }
}
