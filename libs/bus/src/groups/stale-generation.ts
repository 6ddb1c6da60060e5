import { AnnalsError } from '@annals/message';

/** The partition has changed hands: nothing was committed (Kafka's ILLEGAL_GENERATION). */
export class StaleGeneration extends AnnalsError {
  readonly code = 'BUS_STALE_GENERATION';
  override readonly retryable = true;

  constructor(
    readonly group: string,
    readonly partition: string,
    readonly generation: number,
  ) {
    super(
      `Partition ${partition} does not belong to this member of group "${group}" in generation ${generation} any more: ` +
        'nothing was committed, and its new owner handles the records again',
    );
  }
}
