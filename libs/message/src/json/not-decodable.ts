import { AnnalsError } from '../annals-error.js';

/** A text that is no JSON, or that names a key which would let it change the prototypes of objects. */
export class NotDecodable extends AnnalsError {
  readonly code = 'MESSAGE_NOT_DECODABLE';

  /** @param fault what is wrong with the text */
  constructor(fault: string, cause?: unknown) {
    super(`Cannot decode a stored text: ${fault}`, cause);
  }
}
