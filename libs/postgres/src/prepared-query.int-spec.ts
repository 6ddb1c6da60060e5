import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Database } from './database.js';
import { Pipeline } from './pipeline.js';
import { openFaultyLine } from './testing/faulty-line.js';
import { openTestDatabase } from './testing/test-database.js';

const prepared = (text: string) => ({ name: text.slice(0, 40), text });

describe('A prepared statement', () => {
  let test: Awaited<ReturnType<typeof openTestDatabase>>;
  let database: Database;
  beforeAll(async () => {
    test = await openTestDatabase();
    database = new Database({ connectionString: test.connectionString, maxConnections: 1 });
    await database.query({ name: '', text: 'CREATE TABLE item (id int PRIMARY KEY, at timestamptz)' });
  });
  afterAll(async () => {
    await database.stop();
    await test.drop();
  });

  it('is parsed and described at its first use on a connection only', async () => {
    const line = await openFaultyLine(test.connectionString);
    const remote = new Database({ connectionString: line.connectionString, maxConnections: 1 });
    const sent: string[] = [];
    line.fault((piece) => {
      sent.push(piece);
      return 'none';
    });
    const statement = prepared('SELECT $1::int + 1');
    await remote.query({ name: '', text: 'SELECT 1' });
    const each: string[] = [];
    for (const value of [1, 2, 3]) {
      sent.length = 0;
      expect(await remote.query(statement, [value])).toEqual([[value + 1]]);
      each.push(sent.join(''));
    }
    const describes = 'D\0\0\0\x06P\0';
    expect(each.map((piece) => piece.includes(describes))).toEqual([true, false, false]);
    expect(each.map((piece) => piece.includes('+ 1\0\0\0'))).toEqual([true, false, false]);
    await remote.stop();
    await line.stop();
  });

  it('reads columns by their types each time', async () => {
    const statement = prepared(
      `SELECT $1::int, $2::bigint, $3::bool, $4::text, $5::bytea, $6::float8, NULL::int, '{1,NULL}'::bigint[], timestamptz '2026-01-02 03:04:05Z'`,
    );
    const values = [5, 2 ** 40, true, 'Zoë 🛒', Buffer.from([0, 255]), 1.5];
    const row = [...values, null, [1, null], new Date('2026-01-02T03:04:05Z')];
    for (let time = 0; time < 3; time += 1) expect(await database.query(statement, values)).toEqual([row]);
    const nothing = [null, undefined, null, '', null, null];
    expect(await database.query(statement, nothing)).toEqual([
      [null, null, null, '', null, null, null, [1, null], row[8]],
    ]);
  });

  it('gives back whatever text it is given, also beyond a megabyte', async () => {
    const statement = prepared('SELECT $1::text, $2::text');
    const text = fc.string({ unit: 'grapheme', maxLength: 200 }).filter((some) => !some.includes('\0'));
    await fc.assert(
      fc.asyncProperty(text, text, async (one, other) => {
        expect(await database.query(statement, [one, other])).toEqual([[one, other]]);
      }),
    );
    const long = '€uro 🛒 '.repeat(200_000);
    expect(await database.query(statement, [long, 'short'])).toEqual([[long, 'short']]);
    expect(await database.query(statement, ['short', ''])).toEqual([['short', '']]);
  });

  it('takes arrays, dates and other bytes, too, as the driver writes them', async () => {
    const statement = prepared('SELECT $1::text[], $2::timestamptz, $3::bytea');
    const at = new Date('2026-11-27T10:00:00Z');
    expect(await database.query(statement, [['a', '"b"', null], at, new Uint8Array([7])])).toEqual([
      ['{a,"\\"b\\"",NULL}', at, Buffer.from([7])],
    ]);
  });

  it('has no rows when it has no result', async () => {
    const insert = prepared('INSERT INTO item (id) VALUES ($1)');
    for (const id of [1, 2]) expect(await database.query(insert, [id])).toEqual([]);
  });

  it('fails alone, with a trace that leads to who asked, and can be used again', async () => {
    const divide = prepared('SELECT 10 / $1::int');
    const ask = (by: number) => database.query(divide, [by]);
    const failing: unknown = await ask(0).catch((error: unknown) => error);
    expect(failing).toMatchObject({ code: '22012', stack: expect.stringContaining('Connection.') as unknown });
    expect(await ask(5)).toEqual([[2]]);
    await expect(ask(0)).rejects.toMatchObject({ code: '22012' });
    expect(await ask(2)).toEqual([[5]]);
    const unknown = prepared('SELECT nothing FROM nowhere');
    for (let time = 0; time < 2; time += 1)
      await expect(database.query(unknown)).rejects.toMatchObject({ code: '42P01' });
  });

  it('rejects when a value does not fit its type here, and what is behind it on the connection goes on', async () => {
    const pipeline = new Pipeline(database);
    const statement = prepared('SELECT $1::bigint');
    const ends = await Promise.allSettled(
      ['1', '9007199254740993', '3'].map((big) => pipeline.query(statement, [big])),
    );
    expect(ends).toEqual([
      { status: 'fulfilled', value: [[1]] },
      { status: 'rejected', reason: new RangeError('9007199254740993 does not fit a safe integer') },
      { status: 'fulfilled', value: [[3]] },
    ]);
  });

  it('keeps what it was given, when that memory is used again before it is sent', async () => {
    const statement = prepared('SELECT $1::bytea');
    const connection = await database.checkOut();
    const bytes = Buffer.from('first');
    const first = connection.connection.query(statement, [bytes]);
    bytes.write('other');
    expect(await first).toEqual([[Buffer.from('first')]]);
    connection.release();
  });

  it('says so when the table it reads has changed under it', async () => {
    const all = prepared('SELECT * FROM item ORDER BY id LIMIT 1');
    expect(await database.query(all)).toEqual([[1, null]]);
    await database.query({ name: '', text: 'ALTER TABLE item ADD COLUMN more bigint' });
    await expect(database.query(all)).rejects.toMatchObject({ code: '0A000' });
  });
});
