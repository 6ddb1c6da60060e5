import { AnnalsError } from '../annals-error.js';

/** A value that JSON, or Postgres, would change, lose or refuse; nothing was written. */
export class NotEncodable extends AnnalsError {
  readonly code = 'MESSAGE_NOT_ENCODABLE';

  /**
   * @param what names what was to be encoded, as in `data of OrderPlaced`
   * @param path where in it the fault lies, as in `lines[3].price`; empty for the value itself
   * @param fault what is wrong there and what to do, as a sentence that goes on after the path
   */
  constructor(
    readonly what: string,
    readonly path: string,
    readonly fault: string,
    cause?: unknown,
  ) {
    super(`Cannot encode ${what}: ${path === '' ? 'it' : path} ${fault}`, cause);
  }
}
