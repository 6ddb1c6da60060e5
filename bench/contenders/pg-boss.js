// @ts-check
import { PgBoss } from 'pg-boss';

/** @typedef {import('./topic-contender.js').TopicContender} TopicContender */

const QUEUE = 'orders';
/** Jobs a worker fetches at once: as many as the others have in hand. */
const BATCH = 50;

/** One job per `send`, workers that are woken by NOTIFY. Runs on a newer Node than the others. @param {string} url @returns {Promise<TopicContender>} */
export async function open(url) {
  const boss = new PgBoss({ connectionString: url, max: 10, useListenNotify: true });
  boss.on('error', () => undefined);
  await boss.start();
  return {
    async prepare() {
      await boss.createQueue(QUEUE, { notify: true });
    },
    async send(_key, message) {
      await boss.send(QUEUE, message);
    },
    async consume(handle) {
      await boss.work(QUEUE, { batchSize: BATCH, pollingIntervalSeconds: 0.5 }, async (jobs) => {
        for (const job of jobs) handle(/** @type {import('./topic-contender.js').Message} */ (job.data));
      });
    },
    isShared: async () => true,
    audit: async () => ({ stored: Number.NaN, gaps: 0 }),
    close: () => boss.stop(),
  };
}
