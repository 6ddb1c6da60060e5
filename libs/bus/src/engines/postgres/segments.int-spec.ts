import { Database } from '@annals/postgres';
import { openTestDatabase } from '@annals/postgres/testing';
import type { TestDatabase } from '@annals/postgres/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Bus } from '../../bus.js';
import { QUICK, Seen, sendAll, upTo } from '../../testing/bus-under-test.js';
import { PostgresBusEngine } from './postgres-bus-engine.js';

const plain = (text: string) => ({ name: '', text });

describe('Segments of topics on Postgres', () => {
  let test: TestDatabase;
  let database: Database;
  const opened: Bus[] = [];
  const open = async (): Promise<Bus> => {
    const bus = new Bus(await PostgresBusEngine.open({ connectionString: test.connectionString }));
    opened.push(bus);
    return bus;
  };
  beforeEach(async () => {
    test = await openTestDatabase('bus_segments');
    database = new Database({ connectionString: test.connectionString });
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((bus) => bus.stop()));
    await database.stop();
    await test.drop();
  });

  it('loses and doubles nothing while segments are closed and dropped under producers and a reader', async () => {
    const buses = await Promise.all(upTo(2).map(() => open()));
    const [bus] = buses as [Bus];
    await bus.createTopic('busy', { partitions: 3, segmentBytes: 1, retentionMs: -1 });
    const seen = new Seen();
    await bus.subscribe({ ...QUICK, group: 'g', topic: 'busy' }, seen.handle);
    const sent = new AbortController();
    const maintaining = (async () => {
      while (!sent.signal.aborted) await bus.maintain();
    })();
    await Promise.all(
      buses.map(async (sender, index) => {
        for (const round of upTo(30)) {
          await sendAll(
            sender,
            'busy',
            upTo(20).map((n) => `${index} ${round} ${n}`),
            (value) => String(value),
          );
        }
      }),
    );
    sent.abort();
    await maintaining;
    await seen.atLeast(1_200);
    expect(new Set(seen.values).size).toBe(1_200);
    expect(seen.records).toHaveLength(1_200);
    for (const partition of upTo(3)) {
      const offsets = seen.records.filter((record) => record.partition === partition).map(({ offset }) => offset);
      expect(offsets).toEqual(upTo(offsets.length));
    }
    const [segments] = await database.query<readonly [number]>(
      plain('SELECT max(number)::int FROM annals.topic_segment'),
    );
    expect(segments?.[0]).toBeGreaterThan(3);
  });

  it('compacts later what was still read at the first attempt, together with what was closed since', async () => {
    const bus = await open();
    await bus.createTopic('prices', { partitions: 1, cleanupPolicy: 'compact', segmentBytes: 1 });
    const close = async (value: number): Promise<void> => {
      await bus.publish('prices', { key: 'a', value });
      await bus.maintain();
    };
    await close(1);
    await close(2);
    const segments = async () =>
      (
        await database.query<readonly [number, number]>(
          plain('SELECT number, rewrite FROM annals.topic_segment ORDER BY number'),
        )
      ).map(([number, rewrite]) => `${number}/${rewrite}`);
    const before = await segments();
    await database.withConnection(async (reader) => {
      await reader.query(plain('BEGIN'));
      for (const name of before) {
        const [number = '', rewrite = '0'] = name.split('/');
        const table = rewrite === '0' ? `record_1_${number}` : `record_1_${number}_${rewrite}`;
        await reader.query(plain(`SELECT count(*) FROM annals.${table}`));
      }
      await close(3);
      await bus.maintain();
      await reader.query(plain('ROLLBACK'));
    });
    await close(4);
    await bus.maintain();
    await bus.maintain();
    await bus.publish('prices', { key: 'b', value: 0 });
    const seen = new Seen();
    await bus.subscribe({ ...QUICK, group: 'g', topic: 'prices' }, seen.handle);
    await seen.until(({ values }) => values.includes(0));
    expect(seen.records.map(({ offset, value }) => [offset, value])).toEqual([
      [3, 4],
      [4, 0],
    ]);
  });
});
