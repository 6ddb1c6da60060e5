import { AnnalsError } from '@annals/message';

/** The group has no offset for a partition, and `offsetReset: 'none'` leaves it to the operator to set one (Kafka's auto.offset.reset). */
export class NoOffset extends AnnalsError {
  readonly code = 'BUS_NO_OFFSET';

  constructor(
    readonly group: string,
    readonly partition: string,
  ) {
    super(
      `Group "${group}" has no offset in partition ${partition}, or one that is gone: set it with bus.setOffsets, ` +
        "or choose offsetReset 'earliest' or 'latest'",
    );
  }
}
