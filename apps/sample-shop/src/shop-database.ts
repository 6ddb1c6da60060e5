import { startEmbeddedPostgres } from '@annals/postgres';

/** The database that the shop runs on. */
export interface ShopDatabase {
  readonly connectionString: string;
  /** Lets go of it; the embedded server ends when nobody else uses it. */
  stop(): Promise<void>;
}

/**
 * The database of `DATABASE_URL`, or an embedded PostgreSQL in `.annals/`.
 *
 * @throws one of the errors POSTGRES_EMBEDDED_…, which say what to do
 */
export async function openShopDatabase(url = process.env['DATABASE_URL']): Promise<ShopDatabase> {
  if (url !== undefined && url !== '') return { connectionString: url, stop: () => Promise.resolve() };
  // Nest's shutdown hooks, or the import's own end, let go of the server: it must outlive what still writes.
  return startEmbeddedPostgres({ handleSignals: false });
}
