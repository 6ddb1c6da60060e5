import { AnnalsError } from '../annals-error.js';

/** An id that is no UUID v7; nothing was written. */
export class InvalidId extends AnnalsError {
  readonly code = 'MESSAGE_INVALID_ID';

  /** @param what names what the id is of, as in `event id` */
  constructor(
    readonly what: string,
    readonly id: unknown,
  ) {
    super(
      `The ${what} ${typeof id === 'string' ? JSON.stringify(id.slice(0, 80)) : typeof id} is no UUID v7: take one from newId()`,
    );
  }
}
