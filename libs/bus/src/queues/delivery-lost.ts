import { AnnalsError } from '@annals/message';

/** The message is not this consumer's any more: its session was over, so it is delivered again; nothing was changed. */
export class DeliveryLost extends AnnalsError {
  readonly code = 'BUS_DELIVERY_LOST';
  override readonly retryable = true;

  constructor(
    readonly queue: string,
    readonly messageId: string,
  ) {
    super(
      `Message ${messageId} of queue "${queue}" is not of this consumer any more: its session was over, and it is delivered anew`,
    );
  }
}
