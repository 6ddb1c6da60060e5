// @ts-check
import { connect } from 'amqplib';

/** @typedef {import('./topic-contender.js').TopicContender} TopicContender */

const PREFETCH = 50;

/** A durable queue of RabbitMQ by amqplib, with publisher confirms; consumers compete for it. @param {string} url @param {'classic' | 'quorum'} type @returns {Promise<TopicContender>} */
export async function openQueue(url, type) {
  const queue = `orders-amqplib-${type}`;
  const connection = await connect(url);
  // The bench ends the server before its clients.
  connection.on('error', () => undefined);
  const channel = await connection.createConfirmChannel();
  return {
    async prepare() {
      await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': type } });
    },
    send(_key, message) {
      return new Promise((resolve, reject) => {
        const content = Buffer.from(JSON.stringify(message));
        channel.sendToQueue(queue, content, { persistent: true }, (error) => (error ? reject(error) : resolve()));
      });
    },
    async consume(handle) {
      await channel.prefetch(PREFETCH);
      await channel.consume(queue, (message) => {
        if (message === null) return;
        handle(JSON.parse(message.content.toString()));
        channel.ack(message);
      });
    },
    isShared: async () => true,
    // A queue forgets what was acknowledged: what was heard is counted by the bench itself.
    audit: async () => ({ stored: Number.NaN, gaps: 0 }),
    close: () => connection.close(),
  };
}
