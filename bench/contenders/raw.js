// @ts-check
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { v7 as uuidV7 } from 'uuid';
import { makeOurSchema } from '../harness/our-schema.js';

/** @typedef {import('./contender.js').Contender} Contender */
/** @typedef {import('./contender.js').Row} Row */

/** As many as the event log has by default. */
const PARTITIONS = 16;

const sql = (/** @type {string} */ name) => readFileSync(new URL(`../sql/${name}.sql`, import.meta.url), 'utf8');
const INSERT_MANY = sql('raw-insert-many');
const INSERT_ONE = sql('raw-insert-one');
const AUDIT = sql('annals-audit');

/**
 * The floor: our own table with our own columns and indexes, written by plain INSERTs that check and lock nothing. Offsets,
 * revisions and positions are counted in this process, so two of these on one database would collide.
 *
 * @param {string} url
 * @returns {Promise<Contender>}
 */
export async function open(url) {
  const first = await connect(url);
  await makeOurSchema(first);
  const connections = [Promise.resolve(first)];
  const offsets = new Float64Array(PARTITIONS);
  let position = 0;

  /** @param {Row} row the column values of one event, in the order of both statements */
  const columns = ({ stream, revision, event }) => {
    const partition = stream % PARTITIONS;
    const offset = /** @type {number} */ (offsets[partition]);
    offsets[partition] = offset + 1;
    const { correlationId, ...metadata } = event.metadata;
    const place = [partition, offset, ++position, `order-${stream}`, revision];
    return [...place, uuidV7(), event.type, correlationId, JSON.stringify(event.data), JSON.stringify(metadata)];
  };
  return {
    async append(stream, revision, [event]) {
      if (event === undefined) return;
      const values = columns({ stream, revision: revision + 1, event });
      await first.query({ name: 'insert-one', text: INSERT_ONE, values });
    },
    async bulk(connection, rows) {
      const client = await (connections[connection] ??= connect(url));
      const byRow = rows.map(columns);
      const values = (byRow[0] ?? []).map((_, column) => byRow.map((row) => row[column]));
      await client.query({ name: 'insert-many', text: INSERT_MANY, values });
    },
    audit: async () => (await first.query(AUDIT)).rows[0],
    async close() {
      for (const client of connections) await (await client)?.end();
    },
  };
}

/** @param {string} url */
async function connect(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}
