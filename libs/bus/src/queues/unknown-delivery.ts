import { AnnalsError } from '@annals/message';

/** The delivery tag is none of this consumer's that waits to be settled (AMQP's 406 unknown delivery tag); nothing was changed. */
export class UnknownDelivery extends AnnalsError {
  readonly code = 'BUS_UNKNOWN_DELIVERY';

  constructor(
    readonly queue: string,
    readonly deliveryTag: number,
  ) {
    super(
      `Queue "${queue}" has no unsettled delivery ${deliveryTag} of this consumer: it was settled already, or belongs to another`,
    );
  }
}
