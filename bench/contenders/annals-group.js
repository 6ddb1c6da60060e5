// @ts-check
import * as bus from '../../dist/libs/bus/src/index.js';
import * as log from '../../dist/libs/log/src/index.js';
import { open as openAnnals } from './annals.js';

/** @typedef {import('./contender.js').Contender} Contender */
/** @typedef {{ follow: (group: string, handled: (events: number) => void) => Promise<void> }} GroupFollower */

const PARTITIONS = 16;

/** The event store, and its events as a topic that groups read with a handler that does nothing. @param {string} url @returns {Promise<Omit<Contender, 'follow'> & GroupFollower & { isDealt: (members: number) => boolean }>} */
export async function open(url) {
  const annals = await openAnnals(url);
  const events = await log.PostgresLog.open({ connectionString: url });
  const ours = new bus.Bus(await bus.PostgresBusEngine.open({ connectionString: url }));
  await ours.attach('events', events);
  /** @type {import('../../dist/libs/bus/src/index.js').Subscription | undefined} */
  let subscription;
  return {
    ...annals,
    async follow(group, handled) {
      await subscription?.stop();
      const options = { topic: 'events', group, batchSize: 1_000 };
      subscription = await ours.subscribeBatch(options, (records) => handled(records.length));
    },
    isDealt: (members) => subscription?.assignment.length === PARTITIONS / members,
    async close() {
      await ours.stop();
      await events.stop();
      await annals.close();
    },
  };
}
