// @ts-check
import { getPostgreSQLEventStore, postgreSQLRawSQLProjection } from '@event-driven-io/emmett-postgresql';
import { SQL } from '@event-driven-io/dumbo';
import pg from 'pg';
import { open as openEmmett } from './emmett.js';

/** @typedef {import('./contender.js').Contender} Contender */

/**
 * Emmett with its raw SQL projection, one row per event, run by its consumer.
 *
 * @param {string} url
 * @returns {Promise<Contender & { project: (options: { timeLimitMs: number }) => Promise<number> }>}
 */
export async function open(url) {
  const emmett = await openEmmett(url);
  const store = getPostgreSQLEventStore(url, { schema: { autoMigration: 'None' } });
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query('CREATE TABLE line (id text PRIMARY KEY, stream text, revision int, total numeric)');
  let runs = 0;
  return {
    ...emmett,
    async project({ timeLimitMs }) {
      await admin.query('TRUNCATE line');
      const projection = postgreSQLRawSQLProjection({
        name: `lines-${(runs += 1)}`,
        canHandle: ['order-line-added'],
        evolve: (/** @type {any} */ { data, metadata }) =>
          SQL`INSERT INTO line (id, stream, revision, total) VALUES (${String(metadata.messageId)}, ${String(metadata.streamName)}, ${Number(metadata.streamPosition)}, ${String(data['total'])}) ON CONFLICT (id) DO NOTHING`,
      });
      const consumer = store.consumer({
        stopWhen: { noMessagesLeft: true },
        pulling: { batchSize: 1_000, pullingFrequencyInMs: 1 },
      });
      consumer.projector({ processorId: `lines-${runs}`, startFrom: 'BEGINNING', projection });
      const limit = setTimeout(() => void consumer.stop(), timeLimitMs);
      await consumer.start();
      clearTimeout(limit);
      const { rows } = await admin.query('SELECT count(*)::int AS count FROM line');
      return Number(rows[0].count);
    },
    async close() {
      await admin.end();
      await store.close();
      await emmett.close();
    },
  };
}
