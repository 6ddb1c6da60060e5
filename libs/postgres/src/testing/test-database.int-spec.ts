import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { openTestDatabase } from './test-database.js';

async function connect(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

describe('A test database', () => {
  it('is empty, and another one each time', async () => {
    const [one, other] = await Promise.all([openTestDatabase(), openTestDatabase()]);
    const client = await connect(one.connectionString);
    await client.query('CREATE TABLE seen (id int)');
    const stranger = await connect(other.connectionString);
    const { rows } = await stranger.query("SELECT to_regclass('seen') AS seen");
    await Promise.all([client.end(), stranger.end()]);
    await Promise.all([one.drop(), other.drop()]);
    expect(rows).toEqual([{ seen: null }]);
  });

  it('is dropped although somebody is still connected, and twice', async () => {
    const database = await openTestDatabase();
    const client = await connect(database.connectionString);
    const cut = new Promise((end) => client.once('end', end));
    await database.drop();
    await cut;
    await database.drop();
    await expect(connect(database.connectionString)).rejects.toMatchObject({ code: '3D000' });
  });
});
