import { AnnalsError } from '@annals/message';

/** A queue that rejects what is beyond its length has no room (RabbitMQ's reject-publish, a basic.nack to the publisher). */
export class QueueFull extends AnnalsError {
  readonly code = 'BUS_QUEUE_FULL';
  override readonly retryable = true;

  constructor(readonly queues: readonly string[]) {
    super(
      `No room for the message in ${queues.map((name) => `"${name}"`).join(', ')}: send it again later, or raise maxLength`,
    );
  }
}
