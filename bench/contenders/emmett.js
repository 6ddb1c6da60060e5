// @ts-check
import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql';
import pg from 'pg';

/** @typedef {import('./contender.js').Contender} Contender */

const AUDIT = `
  SELECT coalesce(sum(events), 0)::int AS stored, count(*) FILTER (WHERE last <> events)::int AS gaps
  FROM (SELECT count(*) AS events, max(stream_position) AS last FROM emt_messages GROUP BY stream_id) streams`;

/** It can only give a version with the whole stream, which would be in its disfavour. */
const VERSION = 'SELECT stream_position::int AS version FROM emt_streams WHERE stream_id = $1';

/** Below its own 50 ms: the shortest sleep between full batches that its option allows, in its favour. */
const PULL_EVERY_MS = 1;

/** @param {number} stream */
const streamName = (stream) => `order-${stream}`;

/**
 * Emmett with its Postgres store, on its own pool of ten. Importing it replaces pg's type parsers for the whole process:
 * nothing else may be measured here.
 *
 * @param {string} url
 * @returns {Promise<Contender>}
 */
export async function open(url) {
  const migrating = getPostgreSQLEventStore(url);
  await migrating.schema.migrate();
  await migrating.close();
  const store = getPostgreSQLEventStore(url, { schema: { autoMigration: 'None' } });
  const versions = new pg.Pool({ connectionString: url, max: 10 });
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  let consumers = 0;
  return {
    async append(stream, revision, events) {
      // The number 0, not STREAM_DOES_NOT_EXIST: emmett turns the latter into "no expectation".
      await store.appendToStream(streamName(stream), [...events], { expectedStreamVersion: BigInt(revision) });
    },
    async tryChange(stream, event) {
      const { rows } = await versions.query({ name: 'version', text: VERSION, values: [streamName(stream)] });
      try {
        await store.appendToStream(streamName(stream), [event], {
          expectedStreamVersion: BigInt(rows[0]?.version ?? 0),
        });
        return true;
      } catch (error) {
        // Its bundle has a class of its own for it.
        if (error instanceof Error && error.message.startsWith('Expected version')) return false;
        throw error;
      }
    },
    async rehydrate(stream) {
      const { events } = await store.readStream(streamName(stream));
      let total = 0;
      for (const event of events) total += Number(event.data['total']);
      if (total === 0) throw new Error(`stream ${stream} folded to nothing`);
      return events.length;
    },
    catchUp: (options, handled) => catchUp(store, `catch-up-${++consumers}`, options, handled),
    follow: (handle) => follow(store, `follow-${++consumers}`, handle),
    async audit() {
      const { rows } = await admin.query(AUDIT);
      return { stored: Number(rows[0].stored), gaps: Number(rows[0].gaps) };
    },
    async close() {
      await admin.end();
      await versions.end();
      await store.close();
    },
  };
}

/** @typedef {ReturnType<typeof getPostgreSQLEventStore>} Store */

/**
 * @param {Store} store
 * @param {string} processorId a new one each time, so that no checkpoint is found
 * @param {import('./contender.js').CatchUp} options
 * @param {(events: number) => void} handled
 */
async function catchUp(store, processorId, { batchSize, timeLimitMs }, handled) {
  const pulling = batchSize === undefined ? {} : { batchSize, pullingFrequencyInMs: PULL_EVERY_MS };
  const consumer = store.consumer({ stopWhen: { noMessagesLeft: true }, pulling });
  // Its type offers `eachBatch`, its code (0.42.0) never calls it: a handler sees one event and a checkpoint is written for each.
  consumer.reactor({ processorId, startFrom: 'BEGINNING', eachMessage: () => handled(1) });
  const limit = setTimeout(() => void consumer.stop(), timeLimitMs);
  await consumer.start();
  clearTimeout(limit);
}

/**
 * @param {Store} store
 * @param {string} processorId
 * @param {(data: Record<string, unknown>) => void} handle
 */
async function follow(store, processorId, handle) {
  const consumer = store.consumer();
  const listening = new Promise((resolve) => {
    consumer.reactor({
      processorId,
      startFrom: 'END',
      hooks: { onStart: async () => resolve(undefined) },
      eachMessage: (message) => handle(message.data),
    });
  });
  const stopped = consumer.start();
  await listening;
  return async () => {
    await consumer.stop();
    await stopped;
  };
}
