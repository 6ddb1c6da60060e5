import { newId } from '@annals/message';
import { sqlState } from '@annals/postgres';
import { openTestDatabase } from '@annals/postgres/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appendTo, aRecord, aStream, records } from '../../testing/log-under-test.js';
import { PostgresLog } from './postgres-log.js';

const plain = (text: string) => ({ name: '', text });

describe('The tables of events', () => {
  let test: Awaited<ReturnType<typeof openTestDatabase>>;
  let log: PostgresLog;
  beforeAll(async () => {
    test = await openTestDatabase();
    log = await PostgresLog.open({ connectionString: test.connectionString });
    const [archived, open] = [aStream(), aStream()];
    for (const stream of [archived, open]) await appendTo(log, stream, records(2));
    await log.closeStream(archived, { ...aRecord({ id: newId() }), type: '$archived' });
  });
  afterAll(async () => {
    await log.stop();
    await test.drop();
  });

  const stateOf = (statement: string): Promise<string | undefined> =>
    log.database.query(plain(statement)).then(
      () => undefined,
      (error: unknown) => sqlState(error),
    );

  it.each([
    'DELETE FROM annals.event',
    'DELETE FROM annals.archived_event',
    "UPDATE annals.event SET data = '{}'",
    "UPDATE annals.archived_event SET data = '{}'",
    'TRUNCATE annals.event',
    'TRUNCATE annals.archived_event',
  ])('refuse %s', async (statement) => {
    expect(await stateOf(statement)).toBe('23001');
  });

  it('refuse it also in the transaction in which a stream was archived', async () => {
    const stream = aStream();
    await appendTo(log, stream, records(1));
    const work = log.database.transaction(async (connection) => {
      const close = `SELECT annals.close_stream(0::smallint, 'nobody', '$archived', '${newId()}', '{}', NULL, NULL)`;
      await connection.query(plain(close));
      await connection.query(plain('DELETE FROM annals.event'));
    });
    expect(sqlState(await work.catch((error: unknown) => error))).toBe('23001');
  });
});
