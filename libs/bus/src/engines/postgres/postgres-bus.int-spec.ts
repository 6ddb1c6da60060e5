import { Database, statements } from '@annals/postgres';
import { openFaultyLine, openTestDatabase } from '@annals/postgres/testing';
import type { FaultyLine, TestDatabase } from '@annals/postgres/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Bus } from '../../bus.js';
import { eventually, failureOf, QUICK, Seen, sendAll, upTo } from '../../testing/bus-under-test.js';
import { PostgresBusEngine } from './postgres-bus-engine.js';
import type { PostgresBusOptions } from './postgres-bus.options.js';

const plain = (text: string) => ({ name: '', text });

describe('The bus on Postgres', () => {
  let test: TestDatabase;
  let database: Database;
  const opened: Bus[] = [];
  const open = async (options: Partial<PostgresBusOptions> = {}): Promise<Bus> => {
    const bus = new Bus(await PostgresBusEngine.open({ connectionString: test.connectionString, ...options }));
    opened.push(bus);
    return bus;
  };
  beforeEach(async () => {
    test = await openTestDatabase('bus_pg');
    database = new Database({ connectionString: test.connectionString });
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((bus) => bus.stop()));
    await database.stop();
    await test.drop();
  });

  /** Breaks the line at the next append, before or after the server has carried it out. */
  const breakNextAppend = (line: FaultyLine, fault: 'cut-before' | 'cut-before-answer'): void => {
    let broken = false;
    line.fault((sent) => {
      if (broken || !sent.includes('append-')) return 'none';
      broken = true;
      return fault;
    });
  };

  it.each(['cut-before', 'cut-before-answer'] as const)(
    'stores records once whose append was lost: %s',
    async (fault) => {
      const line = await openFaultyLine(test.connectionString);
      const direct = await open();
      await direct.createTopic('orders', { partitions: 2 });
      const bus = await open({ connectionString: line.connectionString });
      await sendAll(bus, 'orders', upTo(10));
      breakNextAppend(line, fault);
      const places = await sendAll(bus, 'orders', upTo(50), (value) => `k${String(value)}`);
      expect(new Set(places.map(({ partition, offset }) => `${partition} ${offset}`)).size).toBe(50);
      const { partitions } = await direct.describeTopic('orders');
      expect(partitions.reduce((sum, { end }) => sum + end, 0)).toBe(60);
      const seen = new Seen();
      await direct.subscribe({ ...QUICK, group: 'g', topic: 'orders' }, seen.handle);
      await seen.atLeast(60);
      for (const { partition, offset } of places) {
        expect(
          seen.records.filter((record) => record.partition === partition && record.offset === offset),
        ).toHaveLength(1);
      }
      await line.stop();
    },
  );

  it('finds a lost append also when its segment was closed meanwhile', async () => {
    const line = await openFaultyLine(test.connectionString);
    const direct = await open();
    await direct.createTopic('orders', { partitions: 1, segmentBytes: 1 });
    const bus = await open({ connectionString: line.connectionString });
    await bus.publish('orders', { value: 0 });
    let lost = false;
    line.fault((sent) => {
      if (lost) return 'cut-before';
      lost = sent.includes('append-');
      return lost ? 'cut-before-answer' : 'none';
    });
    const sent = bus.publish('orders', { value: 1 });
    await eventually(async () => (await direct.describeTopic('orders')).partitions[0]?.end === 2, 'the append');
    await direct.maintain();
    line.fault(() => 'none');
    expect(await sent).toMatchObject({ offset: 1 });
    expect((await direct.describeTopic('orders')).partitions).toEqual([{ start: 0, end: 2 }]);
    await line.stop();
  });

  it('refuses what a lost connection brings after its producer has begun a new term', async () => {
    const bus = await open();
    await bus.createTopic('orders', { partitions: 1 });
    await bus.publish('orders', { value: 0 });
    const append = plain(
      `SELECT outcome FROM annals.append_1_1(100, false, NULL, 1, $1, '{0}', '{1}', '{0}', '{99}', '{-1}', '{k}', '{"1"}', '{NULL}')`,
    );
    await database.query(plain('UPDATE annals.producer SET epoch = epoch + 1'));
    expect(await database.query(append, [0])).toEqual([[2]]);
    expect((await bus.describeTopic('orders')).partitions).toEqual([{ start: 0, end: 1 }]);
    // This process finds itself fenced, registers anew, and goes on.
    expect(await bus.publish('orders', { value: 1 })).toMatchObject({ offset: 1 });
  });

  it('goes on, in order and once where it is to be once, while the server ends its sessions', async () => {
    const bus = await open();
    await bus.createTopic('orders', { partitions: 4 });
    await bus.createTopic('out', { partitions: 1 });
    const seen = new Seen();
    const patient = { ...QUICK, topic: 'orders', heartbeatMs: 100, sessionMs: 3_000 };
    await bus.subscribe({ ...patient, group: 'plain' }, seen.handle);
    await bus.subscribe(
      { ...patient, group: 'exact', guarantee: 'effectively-once' },
      async ({ key, value }, { publish }) => {
        await publish('out', { key, value });
      },
    );
    const sent = new AbortController();
    const terminating = (async () => {
      while (!sent.signal.aborted) {
        await database.query(
          plain(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name LIKE 'annals bus%' ORDER BY random() LIMIT 2`),
        );
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    })();
    for (const round of upTo(40)) {
      await sendAll(
        bus,
        'orders',
        upTo(25).map((n) => round * 25 + n),
        (value) => `k${Number(value) % 10}`,
      );
    }
    sent.abort();
    await terminating;
    const lag = async () =>
      (await Promise.all(['plain', 'exact'].map((group) => bus.describeGroup(group))))
        .flatMap(({ positions }) => positions)
        .reduce((sum, position) => sum + position.lag, 0);
    await eventually(async () => (await lag()) === 0, 'the end of both groups');
    expect((await bus.describeTopic('orders')).partitions.reduce((sum, { end }) => sum + end, 0)).toBe(1_000);
    expect(new Set(seen.values).size).toBe(1_000);
    const out = new Seen();
    await bus.subscribe({ ...QUICK, topic: 'out', group: 'check' }, out.handle);
    await out.atLeast(1_000);
    expect(out.values.toSorted((a, b) => Number(a) - Number(b))).toEqual(upTo(1_000));
    for (const key of upTo(10)) {
      const values = out.records.filter((record) => record.key === `k${key}`).map(({ value }) => Number(value));
      expect(values).toEqual(values.toSorted((a, b) => a - b));
    }
  });

  it('goes on within the poll interval when every notification is dropped', async () => {
    const sender = await open({ listen: false });
    await sender.createTopic('quiet', { partitions: 2 });
    const reader = await open({ listen: false });
    const seen = new Seen();
    const subscription = await reader.subscribe({ ...QUICK, group: 'g', topic: 'quiet' }, seen.handle);
    await eventually(() => subscription.assignment.length === 2);
    await sendAll(sender, 'quiet', upTo(5));
    await seen.atLeast(5);
    expect(seen.records).toHaveLength(5);
  });

  it('tells senders of a topic that is gone, and follows one that is made anew', async () => {
    const bus = await open();
    const other = await open();
    await bus.createTopic('gone', { partitions: 1 });
    const seen = new Seen();
    await bus.subscribe({ ...QUICK, group: 'g', topic: 'gone' }, seen.handle);
    await bus.publish('gone', { value: 1 });
    await seen.atLeast(1);
    await other.deleteTopic('gone');
    expect(await failureOf(bus.publish('gone', { value: 2 }))).toMatchObject({ code: 'BUS_UNKNOWN_TOPIC' });
    await other.createTopic('gone', { partitions: 2 });
    await other.publish('gone', { value: 3 });
    await seen.atLeast(2);
    expect(seen.values).toEqual([1, 3]);
  });

  it('reads by index, whatever the parameters are, and neither sorts nor scans a table', async () => {
    const bus = await open();
    await bus.createTopic('orders', { partitions: 4 });
    await sendAll(bus, 'orders', upTo(2_000), (value) => `k${String(value)}`);
    const sql = statements(import.meta.url, 'annals', ['fetch', 'segment-ends']);
    for (const statement of [sql.fetch, sql['segment-ends']]) {
      const text = statement.text.replaceAll('{segment}', '1_1');
      const rows = await database.query<[string]>(plain(`EXPLAIN (GENERIC_PLAN) ${text}`));
      const plan = rows.map(([line]) => line).join('\n');
      expect(plan).toMatch(/Index (Only )?Scan (Backward )?using record_1_1_pkey/);
      expect(plan).not.toMatch(/Seq Scan on record_1_1/);
    }
  });
});
