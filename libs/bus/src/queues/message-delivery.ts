import type { NewMessage, PublishOptions } from './new-message.js';
import type { QueueMessage } from './queue-message.js';
import type { Published } from './published.js';

/** What a handler is told beside the message, and what it may do. */
export interface MessageDelivery {
  /** From 1, of this consumer: for `ack`, `nack` and `reject`. */
  readonly deliveryTag: number;
  readonly consumerTag: string;
  readonly queue: string;
  /** Aborts when the message is not this consumer's any more, or it stops and does not want to wait any longer. */
  readonly signal: AbortSignal;
  /** TypeORM's `EntityManager` of the unit of work, with `effectively-once` on Postgres; else undefined. */
  readonly manager: unknown;
  /** Publishes a message: with `effectively-once` with the unit of work, else now. @throws as `Queues.publish` */
  readonly publish: (
    exchange: string,
    routingKey: string,
    message: NewMessage,
    options?: PublishOptions,
  ) => Promise<Published>;
}

/** Handles one message. What it returns answers a request, where the consumer answers requests. */
export type MessageHandler = (message: QueueMessage, delivery: MessageDelivery) => unknown;
