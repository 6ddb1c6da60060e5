import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Database } from './database.js';
import { Pipeline } from './pipeline.js';
import { openFaultyLine } from './testing/faulty-line.js';
import { openTestDatabase } from './testing/test-database.js';

const plain = (text: string) => ({ name: '', text });
const PID = plain('SELECT pg_backend_pid()');

describe('Pipeline', () => {
  let test: Awaited<ReturnType<typeof openTestDatabase>>;
  let database: Database;

  beforeAll(async () => {
    test = await openTestDatabase();
    database = new Database({ connectionString: test.connectionString });
    await database.query(plain('CREATE TABLE step (at serial, what int CHECK (what <> 3))'));
  });
  afterAll(async () => {
    await database.stop();
    await test.drop();
  });

  it('sends statements on before the first is answered, and has them carried out in order', async () => {
    const line = await openFaultyLine(test.connectionString);
    const remote = new Database({ connectionString: line.connectionString });
    const pipeline = new Pipeline(remote);
    await pipeline.query(PID);
    let sent = '';
    line.fault((piece) => {
      sent += piece;
      return 'none';
    });
    const slow = pipeline.query(plain('SELECT pg_sleep(0.2) /* first */'));
    const others = [1, 2].map((what) => pipeline.query(plain(`INSERT INTO step (what) VALUES (${what})`)));
    let isSlowDone = false;
    void slow.then(() => (isSlowDone = true));
    while (!/first[^]*VALUES \(1\)[^]*VALUES \(2\)/.test(sent)) await new Promise(setImmediate);
    expect(isSlowDone).toBe(false);
    await Promise.all([slow, ...others]);
    expect(await database.query(plain('SELECT what FROM step ORDER BY at'))).toEqual([[1], [2]]);
    await remote.stop();
    await line.stop();
  });

  it('lets a statement that fails fail alone', async () => {
    const pipeline = new Pipeline(database);
    const ends = await Promise.allSettled(
      [4, 3, 5].map((what) => pipeline.query(plain(`INSERT INTO step (what) VALUES (${what}) RETURNING what`))),
    );
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(ends[1]).toMatchObject({ reason: { code: '23514' } });
    expect(await pipeline.query(plain('SELECT what FROM step WHERE what > 2 ORDER BY at'))).toEqual([[4], [5]]);
  });

  it('fails what is on its way when the connection breaks, and takes another for the next', async () => {
    const pipeline = new Pipeline(database);
    const [[pid] = [0]] = await pipeline.query<[number]>(PID);
    const broken = Promise.allSettled([1, 2].map(() => pipeline.query(plain('SELECT pg_sleep(60)'))));
    const busy = plain(`SELECT 1 FROM pg_stat_activity WHERE pid = ${pid} AND query LIKE '%sleep(60)%'`);
    while ((await database.query(busy)).length === 0);
    await database.query(plain(`SELECT pg_terminate_backend(${pid})`));
    for (const end of await broken)
      expect(end).toMatchObject({ status: 'rejected', reason: { code: 'POSTGRES_UNAVAILABLE' } });
    const [next] = await pipeline.query<[number]>(PID);
    expect(next?.[0]).not.toBe(pid);
  });

  it('gives its connection back while nothing is on its way', async () => {
    const narrow = new Database({ connectionString: test.connectionString, maxConnections: 1 });
    const pipeline = new Pipeline(narrow);
    await Promise.all([pipeline.query(PID), pipeline.query(PID)]);
    const [[one], [other]] = [await narrow.query<[number]>(PID), await pipeline.query<[number]>(PID)];
    expect(one).toEqual(other);
    await narrow.stop();
  });
});
