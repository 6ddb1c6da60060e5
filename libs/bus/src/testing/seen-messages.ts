import { once } from 'node:events';
import type { ConsumeOptions } from '../queues/consume-options.js';
import type { MessageDelivery } from '../queues/message-delivery.js';
import type { QueueMessage } from '../queues/queue-message.js';
import type { Queues } from '../queues/queues.js';

/** Quick settings: nothing waits for a default that is made for production. */
export const QUICK_CONSUMER = { pollMs: 50, retryBaseMs: 1, retryMaxMs: 5 } satisfies Partial<ConsumeOptions>;

/** Collects what handlers get, and lets a test wait for it. */
export class SeenMessages {
  readonly messages: QueueMessage[] = [];
  readonly deliveries: MessageDelivery[] = [];
  readonly #grown = new EventTarget();

  readonly handle = (message: QueueMessage, delivery: MessageDelivery): void => {
    this.messages.push(message);
    this.deliveries.push(delivery);
    this.#grown.dispatchEvent(new Event('grown'));
  };

  get bodies(): unknown[] {
    return this.messages.map(({ body }) => body);
  }

  get tags(): number[] {
    return this.deliveries.map(({ deliveryTag }) => deliveryTag);
  }

  /** Waits until so many have come. */
  async atLeast(count: number): Promise<void> {
    while (this.messages.length < count) await once(this.#grown, 'grown');
  }
}

/** Publishes bodies one after the other to one queue. */
export async function sendEach(queues: Queues, queue: string, bodies: readonly unknown[]): Promise<void> {
  for (const body of bodies) await queues.send(queue, { body });
}

/** Takes all that is ready in a queue, acknowledged with that, and gives it once nothing more comes. */
export async function drain(queues: Queues, queue: string): Promise<readonly QueueMessage[]> {
  const seen = new SeenMessages();
  const { ready } = await queues.describeQueue(queue);
  const consumer = await queues.consume({ ...QUICK_CONSUMER, queue, prefetch: 1 }, seen.handle);
  await seen.atLeast(ready);
  await consumer.stop();
  return seen.messages;
}

/** The bodies of all that is ready in a queue. */
export const bodiesIn = async (queues: Queues, queue: string): Promise<readonly unknown[]> =>
  (await drain(queues, queue)).map(({ body }) => body);
