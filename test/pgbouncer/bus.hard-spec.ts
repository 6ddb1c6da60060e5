import { Bus, PostgresBusEngine } from '@annals/bus';
import { openTestDatabase } from '@annals/postgres/testing';
import type { TestDatabase } from '@annals/postgres/testing';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasPgBouncer, startPgBouncer } from './pgbouncer.js';
import type { PgBouncer } from './pgbouncer.js';

const RECORDS = 2_000;

describe.skipIf(!hasPgBouncer)('The bus behind pgbouncer in transaction mode', () => {
  let test: TestDatabase;
  let bouncer: PgBouncer;
  const buses: Bus[] = [];
  let dataSource: DataSource;

  beforeAll(async () => {
    test = await openTestDatabase('pgbouncer');
    bouncer = await startPgBouncer(test.connectionString);
    dataSource = await new DataSource({ type: 'postgres', url: bouncer.connectionString }).initialize();
  });
  afterAll(async () => {
    await Promise.all(buses.map((bus) => bus.stop()));
    await dataSource.destroy();
    await bouncer.stop();
    await test.drop();
  });

  it('works with polling: each record reaches each group, once where it is to be once', async () => {
    const options = { connectionString: bouncer.connectionString, prepare: false, listen: false };
    for (let n = 0; n < 3; n += 1) buses.push(new Bus(await PostgresBusEngine.open(options, { dataSource })));
    const [sender, ...readers] = buses as [Bus, ...Bus[]];
    await sender.createTopic('orders', { partitions: 4 });
    await dataSource.query('CREATE TABLE handled (value int NOT NULL)');
    const seen = new Set<unknown>();
    let resolve!: () => void;
    const all = new Promise<void>((done) => (resolve = done));
    for (const reader of readers) {
      await reader.subscribe({ topic: 'orders', group: 'plain', pollMs: 100, heartbeatMs: 200 }, ({ value }) => {
        if (seen.add(value).size === RECORDS) resolve();
      });
      await reader.subscribeBatch(
        { topic: 'orders', group: 'exact', pollMs: 100, heartbeatMs: 200, guarantee: 'effectively-once' },
        (records, { manager }) =>
          (manager as DataSource['manager']).query('INSERT INTO handled SELECT unnest($1::int[])', [
            records.map(({ value }) => value),
          ]),
      );
    }
    await Promise.all(
      Array.from({ length: RECORDS }, (_, n) => sender.publish('orders', { key: `k${n % 50}`, value: n })),
    );
    await all;
    const lag = async (): Promise<number> =>
      (await sender.describeGroup('exact')).positions.reduce((sum, position) => sum + position.lag, 0);
    while ((await lag()) > 0) await new Promise((done) => setTimeout(done, 50));
    const rows = await dataSource.query<{ count: string; values: string }[]>(
      'SELECT count(*), count(DISTINCT value) AS values FROM handled',
    );
    expect(rows).toEqual([{ count: String(RECORDS), values: String(RECORDS) }]);
  });

  it('works with polling for queues: each message reaches one consumer, and requests get their replies', async () => {
    const [sender, ...readers] = buses as [Bus, ...Bus[]];
    await sender.queues.declareQueue('work');
    const seen: unknown[] = [];
    let resolve!: () => void;
    const all = new Promise<void>((done) => (resolve = done));
    for (const { queues } of readers) {
      await queues.consume({ queue: 'work', prefetch: 50, pollMs: 100 }, ({ body }) => {
        if (seen.push(body) === RECORDS) resolve();
      });
    }
    await Promise.all(Array.from({ length: RECORDS }, (_, body) => sender.queues.send('work', { body })));
    await all;
    expect(new Set(seen).size).toBe(RECORDS);
    await sender.queues.declareQueue('prices');
    await readers[0]?.queues.respond({ queue: 'prices', pollMs: 50 }, ({ body }) => body);
    expect((await sender.queues.request('', 'prices', { body: 7 })).body).toBe(7);
  });
});
