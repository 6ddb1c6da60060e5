import { AnnalsError } from '@annals/message';

/** A record that the topic cannot take; nothing was written. */
export class InvalidRecord extends AnnalsError {
  readonly code = 'BUS_INVALID_RECORD';

  /** @param faults each the end of a sentence that begins with the record */
  constructor(
    readonly topic: string,
    faults: readonly string[],
    cause?: unknown,
  ) {
    super(`A record for topic "${topic}" cannot be: ${faults.join('; ')}`, cause);
  }
}
