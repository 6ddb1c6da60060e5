import { AnnalsError } from '@annals/message';

/** No queue has this name (AMQP's 404 NOT_FOUND); nothing was changed. */
export class UnknownQueue extends AnnalsError {
  readonly code = 'BUS_UNKNOWN_QUEUE';

  constructor(readonly queue: string) {
    super(`There is no queue "${queue}": declare it first, or check its name`);
  }
}
