import { AnnalsError } from '@annals/message';

/** An exchange that cannot be as it is asked for (AMQP's 406 PRECONDITION_FAILED and 403 ACCESS_REFUSED); nothing was changed. */
export class InvalidExchange extends AnnalsError {
  readonly code = 'BUS_INVALID_EXCHANGE';

  /** @param faults each the end of a sentence that begins with the exchange */
  constructor(
    readonly exchange: string,
    faults: readonly string[],
  ) {
    super(`Exchange "${exchange}" cannot be used so: ${faults.join('; ')}`);
  }
}
