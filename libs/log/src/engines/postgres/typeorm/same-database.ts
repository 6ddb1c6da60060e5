import type { Queries } from '@annals/postgres';
import type { DataSource } from 'typeorm';

// Each server's own account of itself: addresses differ when one connection goes through a proxy.
const IDENTITY =
  'SELECT oid::text AS database, pg_postmaster_start_time()::text AS started FROM pg_database WHERE datname = current_database()';

/** Whether a DataSource is connected to the very database that Annals' tables lie in. */
export async function isSameDatabase(database: Queries, dataSource: DataSource): Promise<boolean> {
  const [own] = await database.query<readonly [string, string]>({ name: '', text: IDENTITY });
  const [other] = await dataSource.query<{ database: string; started: string }[]>(IDENTITY);
  return own?.[0] === other?.database && own?.[1] === other?.started;
}
