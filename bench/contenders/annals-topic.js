// @ts-check
import * as bus from '../../dist/libs/bus/src/index.js';

/** @typedef {import('./topic-contender.js').TopicContender} TopicContender */

const TOPIC = 'orders';
const PARTITIONS = 8;

/** @param {string} url @returns {Promise<TopicContender>} */
export async function open(url) {
  const ours = new bus.Bus(await bus.PostgresBusEngine.open({ connectionString: url }));
  /** @type {import('../../dist/libs/bus/src/index.js').Subscription | undefined} */
  let subscription;
  return {
    async prepare() {
      await ours.createTopic(TOPIC, { partitions: PARTITIONS });
    },
    async send(key, message) {
      await ours.publish(TOPIC, { key, value: message });
    },
    async consume(handle) {
      subscription = await ours.subscribe({ group: 'billing', topic: TOPIC }, ({ value }) =>
        handle(/** @type {import('./topic-contender.js').Message} */ (value)),
      );
    },
    async isShared(members) {
      return subscription?.assignment.length === PARTITIONS / members;
    },
    async closeSegments() {
      await ours.alterTopic(TOPIC, { segmentMs: 1, retentionMs: -1 });
      await ours.maintain();
      await ours.alterTopic(TOPIC, { segmentMs: 86_400_000 });
    },
    async expireRecords() {
      const before = (await ours.describeTopic(TOPIC)).partitions.reduce((sum, { start }) => sum + start, 0);
      await ours.alterTopic(TOPIC, { retentionMs: 0 });
      await ours.maintain();
      await ours.alterTopic(TOPIC, { retentionMs: -1 });
      const after = (await ours.describeTopic(TOPIC)).partitions.reduce((sum, { start }) => sum + start, 0);
      return after - before;
    },
    async audit() {
      const { partitions } = await ours.describeTopic(TOPIC);
      return { stored: partitions.reduce((sum, { end }) => sum + end, 0), gaps: 0 };
    },
    close: () => ours.stop(),
  };
}
