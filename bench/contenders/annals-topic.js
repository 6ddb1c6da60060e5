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
    async audit() {
      const { partitions } = await ours.describeTopic(TOPIC);
      return { stored: partitions.reduce((sum, { end }) => sum + end, 0), gaps: 0 };
    },
    close: () => ours.stop(),
  };
}
