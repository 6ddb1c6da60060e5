// @ts-check
import pg from 'pg';
import { orderEvent } from '../harness/order-event.js';
import { v7 as uuidV7 } from 'uuid';

/** @typedef {import('./contender.js').Contender} Contender */

const UPSERT = `INSERT INTO line (id, stream, revision, total)
  SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::numeric[])
  ON CONFLICT (id) DO UPDATE SET stream = excluded.stream, revision = excluded.revision, total = excluded.total`;

/**
 * The floor of a projection: the same rows, written by upserts of a thousand, on one connection or several, without any event
 * being read.
 *
 * @param {string} url
 * @returns {Promise<Contender & { project: (options: { rows: number, connections: number }) => Promise<number> }>}
 */
export async function open(url) {
  const pool = new pg.Pool({ connectionString: url, max: 8 });
  await pool.query('CREATE TABLE line (id text PRIMARY KEY, stream text, revision int, total numeric)');
  return {
    append: () => Promise.reject(new Error('it has no events')),
    async project({ rows, connections }) {
      await pool.query('TRUNCATE line');
      let begun = 0;
      const write = async () => {
        while (begun < rows) {
          const from = begun;
          begun += 1_000;
          const numbers = Array.from({ length: 1_000 }, (_, n) => from + n);
          await pool.query({
            name: 'upsert',
            text: UPSERT,
            values: [
              numbers.map(() => uuidV7()),
              numbers.map((n) => `order-${n % 10_000}`),
              numbers.map((n) => Math.floor(n / 10_000) + 1),
              numbers.map((n) => String(orderEvent(n).data['total'])),
            ],
          });
        }
      };
      await Promise.all(Array.from({ length: connections }, write));
      return rows;
    },
    audit: () => Promise.resolve({ stored: 0, gaps: 0 }),
    close: () => pool.end(),
  };
}
