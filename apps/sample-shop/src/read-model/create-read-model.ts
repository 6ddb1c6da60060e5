import { readFile } from 'node:fs/promises';
import { Database } from '@annals/postgres';

const LOCK = { name: '', text: `SELECT pg_advisory_xact_lock(hashtextextended('sample-shop read model', 0))` };

/**
 * Makes the tables of the read model that are not there yet. Several processes may do so at once.
 *
 * @throws PostgresUnavailable (POSTGRES_UNAVAILABLE)
 */
export async function createReadModel(connectionString: string): Promise<void> {
  const text = await readFile(new URL('./create-read-model.sql', import.meta.url), 'utf8');
  const database = new Database({ connectionString, maxConnections: 1 });
  try {
    await database.transaction(async (connection) => {
      await connection.query(LOCK);
      await connection.query({ name: '', text });
    });
  } finally {
    await database.stop();
  }
}
