// @ts-check
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { v4 as uuidV4 } from 'uuid';

/** @typedef {import('./contender.js').Contender} Contender */

const DATABASE = join(dirname(createRequire(import.meta.url).resolve('@eventide/message-db/package.json')), 'database');

/** What its install.sh runs, but for the role and its privileges: the bench's own user does all. */
const PARTS = ['schema', 'extensions', 'tables', 'types', 'functions', 'indexes'];

const WRITE = 'SELECT message_store.write_message($1, $2, $3, $4, $5, $6)';
const VERSION = 'SELECT message_store.stream_version($1)::int AS version';
const AUDIT = `
  SELECT coalesce(sum(events), 0)::int AS stored, count(*) FILTER (WHERE last <> events - 1)::int AS gaps
  FROM (SELECT count(*) AS events, max(position) AS last FROM message_store.messages GROUP BY stream_name) streams`;

/** @param {number} stream */
const streamName = (stream) => `order-${stream}`;

/**
 * message-db 1.3: the SQL of its package, called through pg on a pool of ten.
 *
 * @param {string} url
 * @returns {Promise<Contender>}
 */
export async function open(url) {
  const options = '-c search_path=message_store,public -c client_min_messages=warning';
  const admin = new pg.Client({ connectionString: url, options });
  await admin.connect();
  for (const part of PARTS) {
    for (const file of readdirSync(join(DATABASE, part)).sort())
      await admin.query(readFileSync(join(DATABASE, part, file), 'utf8'));
  }
  const pool = new pg.Pool({ connectionString: url, options, max: 10 });

  /** @param {number} stream @param {number | null} version @param {import('./contender.js').OrderEvent} event */
  const write = async (stream, version, event) => {
    // A client that is given back with an error would be thrown away: each conflict would cost a connection.
    const client = await pool.connect();
    try {
      const values = [
        uuidV4(),
        streamName(stream),
        event.type,
        JSON.stringify(event.data),
        JSON.stringify(event.metadata),
        version,
      ];
      await client.query({ name: 'write', text: WRITE, values });
    } finally {
      client.release();
    }
  };

  return {
    async append(stream, revision, events) {
      for (const [n, event] of events.entries()) await write(stream, revision + n - 1, event);
    },
    async appendAny(stream, event) {
      await write(stream, null, event);
    },
    async tryChange(stream, event) {
      const { rows } = await pool.query({ name: 'version', text: VERSION, values: [streamName(stream)] });
      try {
        await write(stream, rows[0].version ?? -1, event);
        return true;
      } catch (error) {
        if (error instanceof Error && error.message.startsWith('Wrong expected version')) return false;
        throw error;
      }
    },
    audit: async () => (await admin.query(AUDIT)).rows[0],
    async close() {
      await pool.end();
      await admin.end();
    },
  };
}
