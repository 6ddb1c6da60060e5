import { AnnalsError } from '@annals/message';

/** A queue that cannot be as it is asked for (AMQP's 406 PRECONDITION_FAILED and 403 ACCESS_REFUSED); nothing was changed. */
export class InvalidQueue extends AnnalsError {
  readonly code = 'BUS_INVALID_QUEUE';

  /** @param faults each the end of a sentence that begins with the queue */
  constructor(
    readonly queue: string,
    faults: readonly string[],
  ) {
    super(`Queue "${queue}" cannot be: ${faults.join('; ')}`);
  }
}
