import { AnnalsError } from '@annals/message';

/** A mandatory message that no queue is there for (AMQP's 312 NO_ROUTE); it was not stored. */
export class Unroutable extends AnnalsError {
  readonly code = 'BUS_UNROUTABLE';

  /** @param returned the message, as it was given */
  constructor(
    readonly exchange: string,
    readonly routingKey: string,
    readonly returned: unknown,
  ) {
    super(
      `By exchange "${exchange}" with key "${routingKey}" no queue is reached: bind one, or publish without mandatory`,
    );
  }
}
