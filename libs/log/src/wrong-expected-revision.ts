import { AnnalsError } from '@annals/message';
import type { Revision } from './numbers.js';
import type { ExpectedRevision } from './stream-append.js';
import { streamOfKey, titleOfKey } from './stream-key.js';

/** The stream is not in the state the append expected; nothing was written. Read it afresh, decide again. */
export class WrongExpectedRevision extends AnnalsError {
  readonly code = 'STORE_WRONG_EXPECTED_REVISION';
  override readonly retryable = true;

  /** By its name. */
  readonly stream: string;

  /** @param key of the stream */
  constructor(
    key: string,
    readonly expected: ExpectedRevision,
    readonly actual: Revision,
  ) {
    super(
      `Stream ${titleOfKey(key)} is at revision ${actual}, expected ${expected}: read it again and decide on its new state`,
    );
    this.stream = streamOfKey(key).stream;
  }
}
