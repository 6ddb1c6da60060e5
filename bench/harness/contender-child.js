// @ts-check
// The process of one contender: loads its module and nothing of any other, then does what its parent's messages say.
import { appendLoad, appendOneByOne, fillStreams } from '../drives/append-load.js';
import { bulkLoad } from '../drives/bulk-load.js';
import { catchUp } from '../drives/catch-up.js';
import { follow, hear, pace, unfollow } from '../drives/follow.js';
import { hotStream } from '../drives/hot-stream.js';
import { countStatements, fillAggregate, loadAggregate } from '../drives/load-aggregate.js';
import { rehydrate } from '../drives/rehydrate.js';
import { followInGroup, handledInGroup } from '../drives/group-load.js';
import {
  closeSegments,
  consumeTopic,
  expireRecords,
  heardOfTopic,
  paceToTopic,
  prepareTopic,
  sendToTopic,
  topicIsShared,
} from '../drives/topic-load.js';
import { project, readOwnWrites } from '../drives/project.js';
import { memory, routeByTopic, sizeOfQueue } from '../drives/queue-load.js';
import { Ledger } from './ledger.js';

/** @typedef {import('../contenders/contender.js').Contender} Contender */

const DRIVES = {
  ...{ appendLoad, appendOneByOne, fillStreams, bulkLoad, hotStream },
  ...{ catchUp, follow, hear, pace, rehydrate, unfollow },
  ...{ countStatements, fillAggregate, loadAggregate },
  ...{ closeSegments, expireRecords, followInGroup, handledInGroup },
  ...{ memory, routeByTopic, sizeOfQueue },
  ...{ project, readOwnWrites },
  ...{ consumeTopic, heardOfTopic, paceToTopic, prepareTopic, sendToTopic, topicIsShared },
};

/**
 * @typedef {{ events: number, elapsedMs: number, p50Ms: number, p99Ms: number, notes?: Record<string, number> }} Driven
 * @typedef {Driven & { nodeCpuUs: number }} Slice
 * @typedef {{ id: number, call: 'open', name: string, url: string, streams: number }
 *   | { id: number, call: 'drive', drive: keyof typeof DRIVES, load: unknown }
 *   | { id: number, call: 'audit' } | { id: number, call: 'close' }} Request
 * @typedef {Request extends infer R ? R extends { id: number } ? Omit<R, 'id'> : never : never} Call
 */

/** @type {Contender} */
let contender;
/** @type {Ledger} */
let ledger;

/** @param {Request} request @returns {Promise<unknown>} */
async function answer(request) {
  switch (request.call) {
    case 'open': {
      const module = await import(`../contenders/${request.name}.js`);
      contender = await module.open(request.url);
      ledger = new Ledger(request.streams);
      return undefined;
    }
    case 'drive':
      return drive(DRIVES[request.drive], request.load);
    case 'audit':
      return { acknowledged: ledger.acknowledged, ...(await contender.audit()) };
    case 'close':
      await contender.close();
      return undefined;
  }
}

/** @param {Function} run @param {unknown} load @returns {Promise<Slice | undefined>} */
async function drive(run, load) {
  // What the last slice left behind is not this one's cost; a look while a slice goes on must cost nothing.
  if (run !== heardOfTopic && run !== handledInGroup && run !== memory) globalThis.gc?.();
  const before = process.cpuUsage();
  const driven = /** @type {Driven | undefined} */ (await run(contender, ledger, load));
  const { user, system } = process.cpuUsage(before);
  return driven && { ...driven, nodeCpuUs: user + system };
}

process.on('message', (/** @type {Request} */ request) => {
  answer(request).then(
    (result) => process.send?.({ id: request.id, result }),
    (error) =>
      process.send?.({
        id: request.id,
        error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      }),
  );
});
process.on('disconnect', () => process.exit(1)); // a parent that died leaves nobody behind
process.on('SIGINT', () => undefined); // Ctrl-C reaches the whole group; the parent ends its children in order
