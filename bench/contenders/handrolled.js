// @ts-check
import pg from 'pg';
import { v7 as uuidV7 } from 'uuid';

/** @typedef {import('./contender.js').Contender} Contender */

/** What a careful team writes itself: one table, one prepared insert per append, a unique index as the version check. */
const TABLE = `
  CREATE TABLE event (
    position    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id          uuid NOT NULL UNIQUE,
    stream      text NOT NULL,
    revision    int NOT NULL,
    type        text NOT NULL,
    data        jsonb NOT NULL,
    metadata    jsonb NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (stream, revision)
  )`;

const APPEND = `
  INSERT INTO event (id, stream, revision, type, data, metadata)
  SELECT e.id, $1, $2 + e.ordinal, e.type, e.data, e.metadata
  FROM unnest($3::uuid[], $4::text[], $5::jsonb[], $6::jsonb[]) WITH ORDINALITY AS e (id, type, data, metadata, ordinal)`;

const REVISION = `SELECT coalesce(max(revision), 0)::int AS revision FROM event WHERE stream = $1`;
const UNIQUE_VIOLATION = '23505';

const READ = `SELECT id, revision, type, data, metadata, recorded_at FROM event WHERE stream = $1 ORDER BY revision`;

const AUDIT = `
  SELECT coalesce(sum(events), 0)::int AS stored, count(*) FILTER (WHERE last <> events)::int AS gaps
  FROM (SELECT count(*) AS events, max(revision) AS last FROM event GROUP BY stream) streams`;

/** @param {string} url @returns {Promise<Contender>} */
export async function open(url) {
  const pool = new pg.Pool({ connectionString: url, max: 10 });
  await pool.query(TABLE);
  return {
    async append(stream, revision, events) {
      const values = [
        `order-${stream}`,
        revision,
        events.map(() => uuidV7()),
        events.map((event) => event.type),
        events.map((event) => JSON.stringify(event.data)),
        events.map((event) => JSON.stringify(event.metadata)),
      ];
      await pool.query({ name: 'append', text: APPEND, values });
    },
    async tryChange(stream, event) {
      const name = `order-${stream}`;
      const { rows } = await pool.query({ name: 'revision', text: REVISION, values: [name] });
      // A client that is given back with an error would be thrown away: each conflict would cost a connection.
      const client = await pool.connect();
      try {
        const columns = [[uuidV7()], [event.type], [JSON.stringify(event.data)], [JSON.stringify(event.metadata)]];
        await client.query({ name: 'append', text: APPEND, values: [name, rows[0].revision, ...columns] });
        return true;
      } catch (error) {
        if (/** @type {{ code?: string }} */ (error).code === UNIQUE_VIOLATION) return false;
        throw error;
      } finally {
        client.release();
      }
    },
    async rehydrate(stream) {
      const { rows } = await pool.query({ name: 'read', text: READ, values: [`order-${stream}`] });
      let total = 0;
      for (const row of rows) total += row.data.total;
      if (total === 0) throw new Error(`stream ${stream} folded to nothing`);
      return rows.length;
    },
    audit: async () => (await pool.query(AUDIT)).rows[0],
    close: () => pool.end(),
  };
}
