import type { EventEmitter } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Database } from './database.js';
import { openFaultyLine } from './testing/faulty-line.js';
import { openTestDatabase } from './testing/test-database.js';

const plain = (text: string) => ({ name: '', text });
const BACKEND = plain('SELECT pg_backend_pid()');

describe('Database', () => {
  let test: Awaited<ReturnType<typeof openTestDatabase>>;
  let database: Database;
  beforeAll(async () => {
    test = await openTestDatabase();
    database = new Database({ connectionString: test.connectionString, maxConnections: 1 });
    await database.query(plain('CREATE TABLE item (id int PRIMARY KEY)'));
  });
  afterAll(async () => {
    await database.stop();
    await test.drop();
  });

  it('keeps its connection after an SQL error', async () => {
    const [before] = await database.query<[number]>(BACKEND);
    await expect(database.query(plain('SELECT 1 / 0'))).rejects.toMatchObject({ code: '22012' });
    await expect(database.transaction((connection) => connection.query(plain('SELECT 1 / 0')))).rejects.toMatchObject({
      code: '22012',
    });
    expect(await database.query(BACKEND)).toEqual([before]);
  });

  it('commits a transaction whose work resolves and rolls back one whose work throws', async () => {
    await database.transaction((connection) => connection.query(plain('INSERT INTO item VALUES (1)')));
    const failing = database.transaction(async (connection) => {
      await connection.query(plain('INSERT INTO item VALUES (2)'));
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await database.query(plain('SELECT id FROM item'))).toEqual([[1]]);
  });

  it('says that the database is not reachable, and goes on when it is again', async () => {
    const line = await openFaultyLine(test.connectionString);
    const remote = new Database({ connectionString: line.connectionString, maxConnections: 1 });
    line.fault((sent) => (sent.includes('pg_sleep') ? 'cut-before' : 'none'));
    const unavailable = { code: 'POSTGRES_UNAVAILABLE', retryable: true };
    await expect(remote.query(plain('SELECT pg_sleep(0)'))).rejects.toMatchObject(unavailable);
    expect(await remote.query(plain('SELECT 1'))).toEqual([[1]]);
    await remote.stop();
    await line.stop();
    const nowhere = new Database({ connectionString: line.connectionString });
    await expect(nowhere.query(plain('SELECT 1'))).rejects.toMatchObject(unavailable);
    await nowhere.stop();
  });

  it('outlives a session that is ended in the very moment in which it is handed out', async () => {
    const other = new Database({ connectionString: test.connectionString, maxConnections: 1 });
    const pool = Reflect.get(other, 'pool') as EventEmitter;
    pool.once('acquire', (client: EventEmitter) => {
      queueMicrotask(() => client.emit('error', new Error('terminating connection due to administrator command')));
    });
    expect(await other.query(plain('SELECT 1'))).toEqual([[1]]);
    await other.stop();
  });

  it('replaces a session that was terminated', async () => {
    const other = new Database({ connectionString: test.connectionString, maxConnections: 1 });
    const [[pid] = [0]] = await other.query<[number]>(BACKEND);
    // Watched from the start: it may end before the call that ends it has its answer.
    const ended = other.query(plain('SELECT pg_sleep(60)')).catch((error: unknown) => error);
    await database.query(plain(`SELECT pg_terminate_backend(${pid})`));
    expect(await ended).toMatchObject({ code: 'POSTGRES_UNAVAILABLE' });
    expect(await other.query(plain('SELECT 1'))).toEqual([[1]]);
    await other.stop();
    await other.stop();
  });
});
