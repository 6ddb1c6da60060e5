import { AnnalsError } from '@annals/message';

/** A message that cannot be published; nothing was written. */
export class InvalidMessage extends AnnalsError {
  readonly code = 'BUS_INVALID_MESSAGE';

  /** @param faults each the end of a sentence that begins with the message */
  constructor(faults: readonly string[], cause?: unknown) {
    super(`The message cannot be published: ${faults.join('; ')}`, cause);
  }
}
