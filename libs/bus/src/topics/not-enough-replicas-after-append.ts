import { AnnalsError } from '@annals/message';

/** The record is on the primary's disk, and the standbys did not say in time that they have it (Kafka's NOT_ENOUGH_REPLICAS_AFTER_APPEND). */
export class NotEnoughReplicasAfterAppend extends AnnalsError {
  readonly code = 'BUS_NOT_ENOUGH_REPLICAS_AFTER_APPEND';

  constructor(
    readonly topic: string,
    readonly minInsyncReplicas: number,
    readonly ackTimeoutMs: number,
  ) {
    super(
      `A record was appended to topic "${topic}", but within ${ackTimeoutMs} ms fewer than ${minInsyncReplicas} copies had ` +
        'it: it is there, and would be lost if the primary were now; sending it again would make two of it',
    );
  }
}
