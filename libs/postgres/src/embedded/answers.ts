import { readFileSync } from 'node:fs';
import pg from 'pg';
import type { ClusterFiles } from './cluster-files.js';
import { EmbeddedPasswordUnknown } from './errors/embedded-password-unknown.js';
import { SUPERUSER } from './initialise.js';

const CONNECT_TIMEOUT_MS = 5_000;
const ATTEMPTED_DATABASE = 'postgres';
const INVALID_PASSWORD = '28P01';
const DUPLICATE_DATABASE = '42P04';
const UNIQUE_VIOLATION = '23505';

/** The address of a database of the cluster, with the password in it. */
export function connectionString(files: ClusterFiles, port: number, database: string): string {
  let password: string;
  try {
    password = readFileSync(files.password, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new EmbeddedPasswordUnknown(files.password, files.data, error);
  }
  return `postgresql://${SUPERUSER}:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
}

async function withClient<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  // A connection that breaks between two calls is an event of its own, and fatal if nobody listens.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * Whether the cluster's server takes connections now.
 *
 * @returns true, or what the attempt failed with
 * @throws EmbeddedPasswordUnknown (POSTGRES_EMBEDDED_PASSWORD_UNKNOWN) when it refuses our password: waiting cannot help
 */
export async function answers(files: ClusterFiles, port: number): Promise<true | Error> {
  try {
    return await withClient(connectionString(files, port, ATTEMPTED_DATABASE), async (client) => {
      await client.query('SELECT 1');
      return true as const;
    });
  } catch (error) {
    if ((error as pg.DatabaseError).code === INVALID_PASSWORD) {
      throw new EmbeddedPasswordUnknown(files.password, files.data, error);
    }
    if (error instanceof EmbeddedPasswordUnknown) throw error;
    return error as Error;
  }
}

/** Creates a database unless it exists. */
export async function ensureDatabase(files: ClusterFiles, port: number, database: string): Promise<void> {
  await withClient(connectionString(files, port, ATTEMPTED_DATABASE), async (client) => {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [database]);
    if (rowCount !== 0) return;
    try {
      await client.query(`CREATE DATABASE ${pg.escapeIdentifier(database)}`);
    } catch (error) {
      if (![DUPLICATE_DATABASE, UNIQUE_VIOLATION].includes((error as pg.DatabaseError).code ?? '')) throw error;
    }
  });
}
