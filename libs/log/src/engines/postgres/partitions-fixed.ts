import { AnnalsError } from '@annals/message';

/** The log was created with another number of partitions. */
export class PartitionsFixed extends AnnalsError {
  readonly code = 'LOG_PARTITIONS_FIXED';

  constructor(
    readonly actual: number,
    readonly asked: number,
  ) {
    super(
      `The event log has ${actual} partitions, not ${asked}: their number is fixed at creation, since a stream's ` +
        'partition follows from it. Set `partitions` to what the log has',
    );
  }
}
