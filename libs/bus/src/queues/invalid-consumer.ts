import { AnnalsError } from '@annals/message';

/** A consumer that cannot be; nothing was started. */
export class InvalidConsumer extends AnnalsError {
  readonly code = 'BUS_INVALID_CONSUMER';

  /** @param faults each the end of a sentence that begins with the consumer */
  constructor(
    readonly queue: string,
    faults: readonly string[],
  ) {
    super(`The consumer of queue "${queue}" cannot be: ${faults.join('; ')}`);
  }
}
