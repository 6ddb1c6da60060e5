// @ts-check
import { EventStore, EventType } from '@castore/core';
import { PostgresEventStorageAdapter } from '@castore/event-storage-adapter-postgres';
import pg from 'pg';

/** @typedef {import('./contender.js').Contender} Contender */

const AUDIT = `
  SELECT coalesce(sum(events), 0)::int AS stored, count(*) FILTER (WHERE last <> events)::int AS gaps
  FROM (SELECT count(*) AS events, max(version) AS last FROM event GROUP BY aggregate_name, aggregate_id) streams`;

/** It can only give a version with the whole stream, which would be in its disfavour. */
const VERSION = `SELECT coalesce(max(version), 0)::int AS version FROM event WHERE aggregate_id = $1`;

/** Its key column is a UUID unless told otherwise, which is also its fastest. @param {number} stream */
const aggregateId = (stream) => `018f3c5e-7a10-7c3e-8a41-${stream.toString(16).padStart(12, '0')}`;

/** Its own type wants a tuple of known length. */
const pushGroup = /** @type {(...events: import('@castore/core').GroupedEvent[]) => Promise<unknown>} */ (
  EventStore.pushEventGroup
);

/** @param {number} stream @param {number} version @param {import('./contender.js').OrderEvent} event */
const detail = (stream, version, event) => ({
  aggregateId: aggregateId(stream),
  version,
  type: event.type,
  payload: event.data,
  metadata: event.metadata,
});

/**
 * Castore 2 with its Postgres adapter: postgres.js, which prepares, pipelines and pools ten connections by default.
 *
 * @param {string} url
 * @returns {Promise<Contender>}
 */
export async function open(url) {
  await PostgresEventStorageAdapter.createEventTable({ connectionString: url });
  const eventStorageAdapter = new PostgresEventStorageAdapter({ connectionString: url });
  /** @type {EventType<string, Record<string, unknown>, Record<string, unknown>>} */
  const lineAdded = new EventType({ type: 'order-line-added' });
  const store = new EventStore({
    eventStoreId: 'ORDERS',
    eventTypes: [lineAdded],
    reducer: (_aggregate, /** @type {{ aggregateId: string, version: number }} */ { aggregateId, version }) => ({
      aggregateId,
      version,
    }),
    eventStorageAdapter,
  });
  const versions = new pg.Pool({ connectionString: url, max: 10 });
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();

  return {
    async append(stream, revision, events) {
      const [head, ...tail] = events.map((event, n) => detail(stream, revision + n + 1, event));
      if (head === undefined) return;
      if (tail.length === 0) await store.pushEvent(head);
      else await pushGroup(store.groupEvent(head), ...tail.map((event) => store.groupEvent(event)));
    },
    async tryChange(stream, event) {
      const { rows } = await versions.query({ name: 'version', text: VERSION, values: [aggregateId(stream)] });
      try {
        await store.pushEvent(detail(stream, rows[0].version + 1, event));
        return true;
      } catch (error) {
        if (error instanceof Error && error.message.startsWith('Event already exists')) return false;
        throw error;
      }
    },
    async rehydrate(stream) {
      const { events } = await store.getEvents(aggregateId(stream));
      let total = 0;
      for (const event of events) total += Number(event.payload['total']);
      if (total === 0) throw new Error(`stream ${stream} folded to nothing`);
      return events.length;
    },
    audit: async () => (await admin.query(AUDIT)).rows[0],
    async close() {
      await admin.end();
      await versions.end();
      await /** @type {{ _sql: { end: () => Promise<void> } }} */ (
        /** @type {unknown} */ (eventStorageAdapter)
      )._sql.end();
    },
  };
}
