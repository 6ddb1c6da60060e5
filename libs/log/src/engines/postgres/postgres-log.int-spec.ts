import { newId } from '@annals/message';
import { Database } from '@annals/postgres';
import { openFaultyLine, openTestDatabase } from '@annals/postgres/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startOf } from '../../checkpoint.js';
import type { LogRecord } from '../../log-record.js';
import { partitionFor } from '../../partition-for.js';
import type { StreamAppend } from '../../stream-append.js';
import { PostgresLog } from './postgres-log.js';

const PARTITIONS = 4;
const plain = (text: string) => ({ name: '', text });
const LOCK = plain("SELECT FROM annals.log_partition WHERE log = 'events' AND partition = $1 FOR NO KEY UPDATE");

const record = (data = '{}'): LogRecord => ({
  id: newId(),
  type: 'happened',
  version: 1,
  data,
  metadata: null,
  correlationId: null,
  tenant: null,
});
const appendTo = (stream: string, ...records: LogRecord[]): [StreamAppend] => [{ stream, expected: 'any', records }];

describe('PostgresLog', () => {
  let test: Awaited<ReturnType<typeof openTestDatabase>>;
  let neighbour: Database;
  let log: PostgresLog;
  let stream = '';

  const open = (connectionString = test.connectionString, options = {}): Promise<PostgresLog> =>
    PostgresLog.open({ connectionString, partitions: PARTITIONS, ...options });
  const stored = async (name: string): Promise<number> => (await log.readStream(name, {}, 100, 'forwards')).length;
  /** A stream that lies in another partition than `stream`. */
  const elsewhere = (): string => {
    for (;;) {
      const name = `order-${newId()}`;
      if (partitionFor(name, PARTITIONS) !== partitionFor(stream, PARTITIONS)) return name;
    }
  };

  beforeAll(async () => {
    test = await openTestDatabase();
    neighbour = new Database({ connectionString: test.connectionString });
    log = await open();
  });
  afterAll(async () => {
    await log.stop();
    await neighbour.stop();
    await test.drop();
  });
  beforeEach(() => {
    stream = `order-${newId()}`;
  });

  it('keeps its number of partitions', async () => {
    await expect(open(test.connectionString, { partitions: 8 })).rejects.toMatchObject({
      code: 'LOG_PARTITIONS_FIXED',
      actual: 4,
      asked: 8,
    });
  });

  it('names every fault of its options at once', async () => {
    await expect(open('', { partitions: 0, schema: 'a"b', lockWaitMs: 1.5 })).rejects.toThrow(
      /partitions must be .*lockWaitMs must be .*schema must be .*connectionString must/s,
    );
  });

  it('refuses a user whose own tables would be created among its own', async () => {
    const fresh = await openTestDatabase();
    const name = `annals_${newId().slice(-12)}`;
    const admin = new Database({ connectionString: fresh.connectionString });
    await admin.query(plain(`CREATE ROLE ${name} SUPERUSER LOGIN PASSWORD 'secret'`));
    const url = new URL(fresh.connectionString);
    url.username = name;
    url.password = 'secret';
    await expect(open(url.href, { schema: name })).rejects.toMatchObject({ code: 'LOG_SCHEMA_NOT_APART', user: name });
    await (await open(url.href)).stop();
    await fresh.drop();
    await admin.stop();
    const server = new Database({ connectionString: test.connectionString });
    await server.query(plain(`DROP ROLE ${name}`));
    await server.stop();
  });

  it('leaves a reader where it is in partitions that are empty, whatever it looks for', async () => {
    const fresh = await openTestDatabase();
    const empty = await open(fresh.connectionString);
    const start = startOf(PARTITIONS);
    const filters = [{}, { types: ['Placed'] }, { category: 'order' }, { correlationId: 'none' }];
    for (const filter of filters) {
      const batch = await empty.readForwards(start, { limit: 100, filter });
      expect(batch).toEqual({ records: [], checkpoint: start, caughtUp: true });
    }
    await empty.stop();
    await fresh.drop();
  });

  it('is made once by processes that open it at the same time', async () => {
    const fresh = await openTestDatabase();
    const logs = await Promise.all(Array.from({ length: 5 }, () => open(fresh.connectionString)));
    const names = await Promise.all(logs.map((each) => each.incarnation()));
    expect(new Set(names).size).toBe(1);
    await Promise.all(logs.map((each) => each.stop()));
    await fresh.drop();
  });

  it.each(['UPDATE annals.event SET type = type', 'DELETE FROM annals.event', 'TRUNCATE annals.event'])(
    'refuses %s',
    async (text) => {
      await log.append(appendTo(stream, record()));
      await expect(neighbour.query(plain(text))).rejects.toThrow(/append-only/);
      expect(await stored(stream)).toBe(1);
    },
  );

  it('lets one bad append in a shared batch fail alone', async () => {
    const bad = log.append(appendTo(`${stream}-bad`, record('{"not": json}')));
    const good = Array.from({ length: 20 }, (_, i) => log.append(appendTo(`${stream}-${i}`, record())));
    await expect(bad).rejects.toThrow(/invalid input syntax for type json/);
    const outcomes = await Promise.all(good);
    expect(outcomes.every(({ outcome }) => outcome === 'appended')).toBe(true);
    expect(await stored(`${stream}-bad`)).toBe(0);
  });

  it.each(['cut-before', 'cut-before-answer'] as const)(
    'appends exactly once though the line broke (%s), with and without an expectation',
    async (fault) => {
      const line = await openFaultyLine(test.connectionString);
      const remote = await open(line.connectionString);
      let faults = 3;
      line.fault((sent) => (/append-(alone|batch)-/.test(sent) && faults-- > 0 ? fault : 'none'));
      const streams = Array.from({ length: 5 }, (_, i) => `${stream}-${i}`);
      const outcomes = await Promise.all(
        streams.map((name, i) =>
          remote.append([{ stream: name, expected: i % 2 ? 'no-stream' : 'any', records: [record(), record()] }]),
        ),
      );
      expect(outcomes.map((outcome) => outcome.outcome === 'appended' && outcome.appended[0]?.revision)).toEqual([
        2, 2, 2, 2, 2,
      ]);
      expect(await Promise.all(streams.map(stored))).toEqual([2, 2, 2, 2, 2]);
      expect(faults).toBeLessThan(3);
      await remote.stop();
      await line.stop();
    },
  );

  it('gives up an append whose partition stays locked, and lets others through in the meantime', async () => {
    const patient = await open(test.connectionString, { lockWaitMs: 20, giveUpAfterMs: 300 });
    const other = elsewhere();
    await neighbour.transaction(async (connection) => {
      await connection.query(LOCK, [partitionFor(stream, PARTITIONS)]);
      const stuck = patient.append(appendTo(stream, record()));
      const free = patient.append(appendTo(other, record()));
      await expect(free).resolves.toMatchObject({ outcome: 'appended' });
      await expect(stuck).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE', retryable: true });
    });
    expect([await stored(stream), await stored(other)]).toEqual([0, 1]);
    await patient.stop();
  });

  it('carries out an append as soon as its partition is let go', async () => {
    const patient = await open(test.connectionString, { lockWaitMs: 20 });
    let appended: Promise<unknown> = Promise.resolve();
    await neighbour.transaction(async (connection) => {
      await connection.query(LOCK, [partitionFor(stream, PARTITIONS)]);
      appended = patient.append(appendTo(stream, record()));
      await patient.append(appendTo(elsewhere(), record()));
    });
    await expect(appended).resolves.toMatchObject({ outcome: 'appended' });
    await patient.stop();
  });

  it('is neither delayed by a writing transaction open elsewhere nor by an old snapshot', async () => {
    const open_ = plain('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await neighbour.query(plain('CREATE TABLE IF NOT EXISTS public.elsewhere (id int)'));
    await neighbour.withConnection(async (connection) => {
      await connection.query(open_);
      await connection.query(plain('SELECT count(*) FROM annals.event'));
      await connection.query(plain('INSERT INTO public.elsewhere VALUES (1)'));
      const from = await log.head();
      await log.append(appendTo(stream, record(), record()));
      const { records } = await log.readForwards(from, { limit: 100 });
      expect(records.map((each) => each.stream)).toEqual([stream, stream]);
      await connection.query(plain('ROLLBACK'));
    });
  });

  it('wakes readers of this process and of others', async () => {
    const other = await open();
    const woken = (from: PostgresLog) => new Promise<void>((resolve) => from.onAppend(resolve));
    const both = Promise.all([woken(log), woken(other)]);
    await log.append(appendTo(stream, record()));
    await expect(both).resolves.toHaveLength(2);
    await other.stop();
  });

  it('never lets recorded time go back inside a partition', async () => {
    await log.append(appendTo(stream, record()));
    // A clock that was set back by an hour.
    await neighbour.query(
      plain(
        "CREATE OR REPLACE FUNCTION annals.now() RETURNS timestamptz LANGUAGE sql AS $$ SELECT clock_timestamp() - interval '1 hour' $$",
      ),
    );
    await log.append(appendTo(stream, record()));
    await Promise.all([log.append(appendTo(stream, record())), log.append(appendTo(elsewhere(), record()))]);
    await neighbour.query(
      plain(
        'CREATE OR REPLACE FUNCTION annals.now() RETURNS timestamptz LANGUAGE sql AS $$ SELECT clock_timestamp() $$',
      ),
    );
    const times = (await log.readStream(stream, {}, 10, 'forwards')).map(({ recordedAt }) => recordedAt.getTime());
    expect(times).toHaveLength(3);
    expect(times).toEqual([...times].sort((one, two) => one - two));
  });

  it('reads by index what is asked for by category, by correlation id and by stream', async () => {
    const filler = Array.from({ length: 400 }, (_, i) =>
      log.append(appendTo(`filler${i % 100}-${i}`, ...Array.from({ length: 25 }, () => record()))),
    );
    await Promise.all(filler);
    await neighbour.query(plain('ANALYZE annals.event'));
    const plan = async (condition: string): Promise<string> => {
      const rows = await neighbour.query<[string]>(
        plain(`EXPLAIN SELECT data FROM annals.event e WHERE e.partition = 1 AND ${condition} LIMIT 50`),
      );
      return rows.flat().join('\n');
    };
    expect(await plan(`category = 'filler7' AND "offset" >= 10 ORDER BY "offset"`)).toMatch(
      /Index Scan (using|on) event_category/,
    );
    expect(await plan(`correlation_id = 'x' AND "offset" >= 10 ORDER BY "offset"`)).toMatch(
      /Index Scan (using|on) event_correlation/,
    );
    expect(await plan(`stream = 'filler7-7' AND revision >= 3 ORDER BY revision`)).toMatch(
      /Index Scan (using|on) event_revision/,
    );
    expect(await plan(`"offset" >= 10 ORDER BY "offset"`)).toMatch(/Index Scan (using|on) event_pkey/);
  });

  it('finishes what is in flight before it stops, and may be stopped twice', async () => {
    const brief = await open();
    const appends = Array.from({ length: 50 }, () => brief.append(appendTo(stream, record())));
    await Promise.all([brief.stop(), brief.stop()]);
    const outcomes = await Promise.all(appends);
    expect(outcomes.every(({ outcome }) => outcome === 'appended')).toBe(true);
    await expect(brief.append(appendTo(stream, record()))).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
    expect((await log.readForwards(startOf(PARTITIONS), { limit: 10 })).records).not.toEqual([]);
  });
});
