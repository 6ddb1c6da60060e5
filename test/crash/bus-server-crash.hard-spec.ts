import { setTimeout as sleep } from 'node:timers/promises';
import { Bus, PostgresBusEngine } from '@annals/bus';
import type { RecordPlace } from '@annals/bus';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CrashingServer } from './crashing-server.js';

const CRASHES = 4;
const SENDERS = 20;
const KEYS = 50;

describe('Producers and groups on a server that crashes', () => {
  const server = new CrashingServer();
  let bus: Bus;
  let dataSource: DataSource;

  beforeAll(async () => {
    const connectionString = await server.start();
    dataSource = await new DataSource({ type: 'postgres', url: connectionString }).initialize();
    bus = new Bus(await PostgresBusEngine.open({ connectionString, connectTimeoutMs: 2_000 }, { dataSource }));
    await bus.createTopic('orders', { partitions: 4 });
    await dataSource.query('CREATE TABLE handled (id bigserial, key text NOT NULL, value int NOT NULL)');
  });
  afterAll(async () => {
    await Promise.allSettled([bus.stop(), dataSource.destroy()]);
    await server.stop();
  });

  it('keep what was acknowledged, store each record once, and handle each once and in order', async () => {
    const options = {
      topic: 'orders',
      group: 'exact',
      guarantee: 'effectively-once',
      heartbeatMs: 300,
      sessionMs: 4_000,
    } as const;
    await bus.subscribe(options, async ({ key, value }, { manager }) => {
      await (manager as EntityManager).query('INSERT INTO handled (key, value) VALUES ($1, $2)', [key, value]);
    });
    const acknowledged: RecordPlace[] = [];
    const ended = new AbortController();
    let next = 0;
    const senders = Array.from({ length: SENDERS }, async () => {
      while (!ended.signal.aborted) {
        const n = (next += 1);
        acknowledged.push(await bus.publish('orders', { key: `k${n % KEYS}`, value: n }));
      }
    });
    for (let crash = 0; crash < CRASHES; crash += 1) {
      const before = acknowledged.length;
      while (acknowledged.length < before + 500) await sleep(20);
      await server.crash();
    }
    ended.abort();
    await Promise.all(senders);
    expect(acknowledged).toHaveLength(next);
    expect(new Set(acknowledged.map(({ partition, offset }) => `${partition} ${offset}`)).size).toBe(next);
    const { partitions } = await bus.describeTopic('orders');
    expect(partitions.reduce((sum, { end }) => sum + end, 0)).toBe(next);

    const lag = async (): Promise<number> =>
      (await bus.describeGroup('exact')).positions.reduce((sum, position) => sum + position.lag, 0);
    while ((await lag()) > 0) await sleep(50);
    const rows = await dataSource.query<{ key: string; value: number }[]>('SELECT key, value FROM handled ORDER BY id');
    expect(rows).toHaveLength(next);
    for (let key = 0; key < KEYS; key += 1) {
      const values = rows.filter((row) => row.key === `k${key}`).map(({ value }) => value);
      expect(values).toEqual([...new Set(values)].sort((one, other) => one - other));
    }
  });
});
