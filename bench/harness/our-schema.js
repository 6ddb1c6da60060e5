// @ts-check
import { readFileSync, readdirSync } from 'node:fs';

/** The libs whose migrations make the event log's table, in the order of their dependence. */
const MIGRATIONS = ['../../libs/postgres/src/migrations/', '../../libs/log/src/engines/postgres/migrations/'];

/**
 * Makes our tables as our own migrations make them, without our code, so that the raw insert meets the same columns and indexes.
 *
 * @param {import('pg').Client} client on an empty database
 */
export async function makeOurSchema(client) {
  await client.query('CREATE SCHEMA annals');
  for (const folder of MIGRATIONS) {
    const directory = new URL(folder, import.meta.url);
    const files = readdirSync(directory).filter((file) => file.endsWith('.sql'));
    for (const file of files.sort()) {
      await client.query(readFileSync(new URL(file, directory), 'utf8').replaceAll('{schema}', 'annals'));
    }
  }
}
