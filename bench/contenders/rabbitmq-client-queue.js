// @ts-check
import { Connection } from 'rabbitmq-client';

/** @typedef {import('./topic-contender.js').TopicContender} TopicContender */

const PREFETCH = 50;

/** A durable queue of RabbitMQ by rabbitmq-client, with publisher confirms; consumers compete for it. @param {string} url @param {'classic' | 'quorum'} type @returns {Promise<TopicContender>} */
export async function openQueue(url, type) {
  const queue = `orders-client-${type}`;
  const connection = new Connection(url);
  // The bench ends the server before its clients.
  connection.on('error', () => undefined);
  const publisher = connection.createPublisher({ confirm: true });
  const queueOptions = { queue, durable: true, arguments: { 'x-queue-type': type } };
  return {
    async prepare() {
      await connection.queueDeclare(queueOptions);
    },
    async send(_key, message) {
      await publisher.send({ routingKey: queue, durable: true }, message);
    },
    async consume(handle) {
      const consumer = connection.createConsumer(
        { queue, queueOptions, qos: { prefetchCount: PREFETCH } },
        async ({ body }) => handle(body),
      );
      consumer.on('error', () => undefined);
      await new Promise((resolve) => consumer.once('ready', () => resolve(undefined)));
    },
    isShared: async () => true,
    audit: async () => ({ stored: Number.NaN, gaps: 0 }),
    close: () => connection.close(),
  };
}
