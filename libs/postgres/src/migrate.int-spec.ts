import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Database } from './database.js';
import { migrate } from './migrate.js';
import { openTestDatabase } from './testing/test-database.js';

const plain = (text: string) => ({ name: '', text });

describe('migrate', () => {
  let test: Awaited<ReturnType<typeof openTestDatabase>>;
  let database: Database;
  let directory = '';
  const write = (name: string, text: string): Promise<void> => writeFile(join(directory, name), text);
  const run = (schema = 'annals'): Promise<void> =>
    migrate(database, schema, [{ lib: 'sample', directory: pathToFileURL(`${directory}/`) }]);

  beforeEach(async () => {
    test = await openTestDatabase();
    database = new Database({ connectionString: test.connectionString });
    directory = await mkdtemp(join(tmpdir(), 'annals-migrations-'));
    await write('0001-first.sql', 'CREATE TABLE {schema}.first (id int); INSERT INTO {schema}.first VALUES (1);');
  });
  afterEach(async () => {
    await database.stop();
    await test.drop();
    await rm(directory, { recursive: true });
  });

  it('runs each migration once, in order, also when ten processes start at the same time', async () => {
    await write('0002-second.sql', 'INSERT INTO {schema}.first VALUES (2)');
    await Promise.all(Array.from({ length: 10 }, () => run()));
    await write('0003-third.sql', 'INSERT INTO {schema}.first VALUES (3)');
    await run();
    expect(await database.query(plain('SELECT id FROM annals.first'))).toEqual([[1], [2], [3]]);
  });

  it('leaves nothing behind when one fails', async () => {
    await write('0002-wrong.sql', 'SELECT 1 / 0');
    await expect(run()).rejects.toMatchObject({ code: '22012' });
    expect(await database.query(plain("SELECT to_regclass('annals.first')"))).toEqual([[null]]);
  });

  it('refuses a migration that has changed since it ran', async () => {
    await run();
    await write('0001-first.sql', 'CREATE TABLE {schema}.other (id int)');
    await expect(run()).rejects.toMatchObject({ code: 'POSTGRES_MIGRATION_CHANGED' });
  });

  it('keeps two schemas of one database apart, also one with a strange name', async () => {
    await run();
    await run('wei"rd');
    expect(await database.query(plain('SELECT id FROM "wei""rd".first'))).toEqual([[1]]);
  });
});
