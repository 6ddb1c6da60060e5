// @ts-check
import * as bus from '../../dist/libs/bus/src/index.js';

/** @typedef {import('./topic-contender.js').TopicContender} TopicContender */
/** @typedef {import('./topic-contender.js').Message} Message */

const QUEUE = 'orders';
const PREFETCH = 50;
const BYTES = `SELECT sum(pg_total_relation_size(c.oid))::bigint FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'annals' AND c.relkind = 'r'`;

/** A durable queue; each message is acknowledged by itself. @param {string} url @returns {Promise<TopicContender>} */
export async function open(url) {
  const engine = await bus.PostgresBusEngine.open({ connectionString: url });
  const ours = new bus.Bus(engine);
  /** @type {import('../../dist/libs/bus/src/index.js').QueueConsumer | undefined} */
  let consumer;
  return {
    async prepare() {
      await ours.queues.declareQueue(QUEUE);
    },
    async send(_key, message) {
      await ours.queues.publish('', QUEUE, { body: message });
    },
    async consume(handle) {
      const options = { queue: QUEUE, prefetch: PREFETCH, ack: /** @type {const} */ ('manual') };
      consumer = await ours.queues.consume(options, ({ body }, { deliveryTag }) => {
        handle(/** @type {Message} */ (body));
        void consumer?.ack(deliveryTag);
      });
    },
    async isShared(members) {
      return (await ours.queues.describeQueue(QUEUE)).consumers === members;
    },
    async bytes() {
      const [row] = await engine.database.query({ name: '', text: BYTES });
      return Number(row?.[0]);
    },
    async audit() {
      const { ready, unacked } = await ours.queues.describeQueue(QUEUE);
      return { stored: ready + unacked, gaps: 0 };
    },
    close: () => ours.stop(),
  };
}
