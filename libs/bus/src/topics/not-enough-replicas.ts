import { AnnalsError } from '@annals/message';

/** Fewer copies are kept up to date than the topic asks for, so `acks: 'all'` would promise too much; nothing was appended (Kafka's NOT_ENOUGH_REPLICAS). */
export class NotEnoughReplicas extends AnnalsError {
  readonly code = 'BUS_NOT_ENOUGH_REPLICAS';
  override readonly retryable = true;

  /** @param copies the primary's included */
  constructor(
    readonly topic: string,
    readonly copies: number,
    readonly minInsyncReplicas: number,
  ) {
    super(
      `Topic "${topic}" asks for ${minInsyncReplicas} copies, and ${copies} are kept up to date: nothing was appended; ` +
        'see why standbys do not stream, or send with acks 1',
    );
  }
}
