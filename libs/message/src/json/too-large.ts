import { AnnalsError } from '../annals-error.js';

/** A value whose JSON has more bytes than allowed; nothing was written. Store large content elsewhere and its address here. */
export class TooLarge extends AnnalsError {
  readonly code = 'MESSAGE_TOO_LARGE';

  /**
   * @param what names what was to be encoded
   * @param bytes of the JSON in UTF-8; a lower bound when it was given up before it was encoded
   * @param limitBytes what is allowed
   */
  constructor(
    readonly what: string,
    readonly bytes: number,
    readonly limitBytes: number,
  ) {
    super(
      `Cannot encode ${what}: at least ${bytes} bytes of JSON, and ${limitBytes} are allowed. ` +
        'Keep large content elsewhere and its address here, or raise the limit',
    );
  }
}
