// @ts-check
import { connect } from 'amqplib';

/** @typedef {import('./topic-contender.js').TopicContender} TopicContender */

const QUEUE = 'orders';
const PREFETCH = 50;

/** A quorum queue with publisher confirms; the group's members compete for it. @param {string} url @returns {Promise<TopicContender>} */
export async function open(url) {
  const connection = await connect(url);
  // The bench ends the server before its clients.
  connection.on('error', () => undefined);
  const channel = await connection.createConfirmChannel();
  return {
    async prepare() {
      await channel.assertQueue(QUEUE, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
    },
    send(_key, message) {
      return new Promise((resolve, reject) => {
        const content = Buffer.from(JSON.stringify(message));
        channel.sendToQueue(QUEUE, content, { persistent: true }, (error) => (error ? reject(error) : resolve()));
      });
    },
    async consume(handle) {
      await channel.prefetch(PREFETCH);
      await channel.consume(QUEUE, (message) => {
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
