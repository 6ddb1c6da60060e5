import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** A database of its own for one test file. */
export interface TestDatabase {
  /** Names the fresh, empty database; its user is a superuser. */
  readonly connectionString: string;
  /** Removes the database and cuts whoever is still connected. May be called twice. */
  drop(): Promise<void>;
}

/** The server tests run on: `ANNALS_TEST_DATABASE_URL`, which the test cluster sets unless the environment names one. */
function testServer(): string {
  const url = process.env['ANNALS_TEST_DATABASE_URL'];
  if (url === undefined || url === '') {
    throw new Error(
      'ANNALS_TEST_DATABASE_URL is not set: run this test in a Vitest project whose globalSetup is test/support/cluster.ts, ' +
        'or let the variable name a PostgreSQL server on which databases may be created',
    );
  }
  return url;
}

async function run(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: testServer() });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/**
 * Creates a fresh, empty, uniquely named database on the test cluster. Files that run at the same time never share one.
 *
 * @param name said first in the database's name, to tell leftovers apart; letters, digits and underscores
 * @returns its connection string, and `drop`
 * @throws Error when no test cluster is named
 */
export async function openTestDatabase(name = 'test'): Promise<TestDatabase> {
  const database = `${name}_${process.pid}_${randomBytes(6).toString('hex')}`;
  await run(`CREATE DATABASE ${pg.escapeIdentifier(database)}`);
  const url = new URL(testServer());
  url.pathname = `/${database}`;
  return {
    connectionString: url.href,
    // FORCE: a test that failed half-way leaves connections behind, which must not keep its database.
    drop: () => run(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(database)} WITH (FORCE)`),
  };
}
