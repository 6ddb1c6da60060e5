// @ts-check
import pg from 'pg';

/**
 * Somebody else's long transactions: one holds a REPEATABLE READ snapshot, another has written and does not commit.
 *
 * @param {string} url the database to hold them in
 * @returns {Promise<() => Promise<void>>} ends both; rejects when the server ended one of them before
 */
export async function holdSnapshot(url) {
  const reader = new pg.Client({ connectionString: url });
  const writer = new pg.Client({ connectionString: url });
  await Promise.all([reader.connect(), writer.connect()]);
  for (const client of [reader, writer]) await client.query('SET idle_in_transaction_session_timeout = 0');
  await writer.query('CREATE TABLE somebody_elses (id int PRIMARY KEY)');
  await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  await reader.query('SELECT count(*) FROM somebody_elses');
  await writer.query('BEGIN');
  await writer.query('INSERT INTO somebody_elses VALUES (1)');
  return async () => {
    const { rows } = await reader.query('SELECT count(*)::int AS seen FROM somebody_elses');
    if (rows[0].seen !== 0) throw new Error('the snapshot was not held');
    await reader.query('ROLLBACK');
    await writer.query('ROLLBACK');
    await Promise.all([reader.end(), writer.end()]);
  };
}
