import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { AnnalsError } from '@annals/message';
import type { Database, Queries } from './database.js';
import { quoteIdentifier, withSchema } from './statement.js';

/** The migrations of one lib: `NNNN-name.sql` files, run in order of their names, each once. */
export interface Migrations {
  readonly lib: string;
  /** The folder, with a slash at its end. */
  readonly directory: URL;
}

/** The leases and the clock that every other lib's migrations may use. */
const KIT_MIGRATIONS: Migrations = { lib: 'postgres', directory: new URL('./migrations/', import.meta.url) };

/** A migration that has already run here reads differently now. */
export class MigrationChanged extends AnnalsError {
  readonly code = 'POSTGRES_MIGRATION_CHANGED';

  constructor(migration: string, schema: string) {
    super(
      `Migration ${migration} has run in schema "${schema}" with another text: add a new migration, never change an old one`,
    );
  }
}

/**
 * Brings `schema` up to date. Any number of processes may do so at once: an advisory lock lets one work while the
 * others wait, and all of it is one transaction.
 * @param libs in the order of their dependence; the kit's own come first by themselves
 * @throws MigrationChanged (`POSTGRES_MIGRATION_CHANGED`), PostgresUnavailable (`POSTGRES_UNAVAILABLE`)
 */
export async function migrate(database: Database, schema: string, libs: readonly Migrations[]): Promise<void> {
  await database.transaction(async (connection) => {
    await lock(connection, schema);
    await createLedger(connection, schema);
    const done = await ranAlready(connection, schema);
    for (const lib of [KIT_MIGRATIONS, ...libs]) await runAll(connection, schema, lib, done);
  });
}

const plain = (text: string) => ({ name: '', text });

async function lock(connection: Queries, schema: string): Promise<void> {
  // Bound to the transaction, since a session's lock does not survive pgbouncer in transaction mode.
  await connection.query(plain('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))'), [`annals migrate ${schema}`]);
}

async function createLedger(connection: Queries, schema: string): Promise<void> {
  const [row] = await connection.query<[boolean]>(plain('SELECT to_regclass($1) IS NOT NULL'), [
    `${quoteIdentifier(schema)}.migration`,
  ]);
  if (row?.[0] === true) return;
  await connection.query(plain(`CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(schema)}`));
  await connection.query(
    plain(
      withSchema(
        `CREATE TABLE {schema}.migration (
          name text PRIMARY KEY, digest text NOT NULL, ran_at timestamptz NOT NULL DEFAULT clock_timestamp())`,
        schema,
      ),
    ),
  );
}

async function ranAlready(connection: Queries, schema: string): Promise<ReadonlyMap<string, string>> {
  const text = withSchema('SELECT name, digest FROM {schema}.migration', schema);
  return new Map(await connection.query<[string, string]>(plain(text)));
}

async function runAll(
  connection: Queries,
  schema: string,
  { lib, directory }: Migrations,
  done: ReadonlyMap<string, string>,
): Promise<void> {
  const files = (await readdir(directory)).filter((file) => /^\d{4}-[a-z0-9-]+\.sql$/.test(file)).sort();
  for (const file of files) {
    const text = await readFile(new URL(file, directory), 'utf8');
    const name = `${lib}/${file}`;
    const digest = createHash('sha256').update(text).digest('hex');
    const ran = done.get(name);
    if (ran !== undefined && ran !== digest) throw new MigrationChanged(name, schema);
    if (ran !== undefined) continue;
    await connection.query(plain(withSchema(text, schema)));
    await connection.query(plain(withSchema('INSERT INTO {schema}.migration (name, digest) VALUES ($1, $2)', schema)), [
      name,
      digest,
    ]);
  }
}
