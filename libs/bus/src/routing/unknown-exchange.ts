import { AnnalsError } from '@annals/message';

/** No exchange has this name (AMQP's 404 NOT_FOUND); nothing was changed or sent. */
export class UnknownExchange extends AnnalsError {
  readonly code = 'BUS_UNKNOWN_EXCHANGE';

  constructor(readonly exchange: string) {
    super(`There is no exchange "${exchange}": declare it first, or check its name`);
  }
}
