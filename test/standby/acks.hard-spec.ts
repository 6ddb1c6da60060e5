import { setTimeout as sleep } from 'node:timers/promises';
import { Bus, PostgresBusEngine } from '@annals/bus';
import type { Producer, RecordPlace } from '@annals/bus';
import { Database } from '@annals/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PrimaryAndStandby } from './primary-and-standby.js';

const plain = (text: string) => ({ name: '', text });

describe("A topic of two copies, sent to with acks 'all', on a primary with a standby", () => {
  let servers: PrimaryAndStandby;
  let bus: Bus;
  let producer: Producer;
  let database: Database;
  const acknowledged: RecordPlace[] = [];

  beforeAll(async () => {
    servers = await PrimaryAndStandby.start();
    const { connectionString } = servers.primary;
    bus = new Bus(await PostgresBusEngine.open({ connectionString }));
    producer = bus.producer({ acks: 'all', ackTimeoutMs: 1_000, deliveryTimeoutMs: 2_000 });
    database = new Database({ connectionString, maxConnections: 1 });
    await bus.createTopic('careful', { partitions: 2, minInsyncReplicas: 2 });
    await streaming(1);
  });
  afterAll(async () => {
    await Promise.allSettled([bus.stop(), database.stop()]);
    await servers.stop();
  });

  const streaming = async (count: number): Promise<void> => {
    const text = `SELECT count(*)::int FROM pg_stat_replication WHERE state = 'streaming'`;
    while ((await database.query<readonly [number]>(plain(text)))[0]?.[0] !== count) await sleep(50);
  };
  const send = async (n: number): Promise<void> => {
    acknowledged.push(await producer.send('careful', { key: `k${n}`, value: n }));
  };
  const end = async (): Promise<number> =>
    (await bus.describeTopic('careful')).partitions.reduce((sum, partition) => sum + partition.end, 0);
  const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
    promise.then(
      () => undefined,
      (error: unknown) => error,
    );

  it('is acknowledged once the standby has it', async () => {
    await Promise.all(Array.from({ length: 200 }, (_, n) => send(n)));
    expect(acknowledged).toHaveLength(200);
    expect(await end()).toBe(200);
  });

  it('says so when the standby does not answer in time after the append, and goes on when it does again', async () => {
    await servers.standby.signalReceiver('SIGSTOP');
    const failure = await failureOf(producer.send('careful', { key: 'late', value: 'late' }));
    expect(failure).toMatchObject({ code: 'BUS_NOT_ENOUGH_REPLICAS_AFTER_APPEND', retryable: false });
    expect(await end()).toBe(201);
    await servers.standby.signalReceiver('SIGCONT');
    await send(201);
  });

  it('is refused beforehand when the standby is gone, and nothing is appended; acks 1 goes on', async () => {
    const before = await end();
    servers.standby.signal('SIGKILL');
    await streaming(0);
    const failure = await failureOf(producer.send('careful', { key: 'k', value: 'refused' }));
    expect(failure).toMatchObject({ code: 'BUS_NOT_ENOUGH_REPLICAS', retryable: true });
    expect(await end()).toBe(before);
    await bus.publish('careful', { key: 'k', value: 'one copy' });
    expect(await end()).toBe(before + 1);
  });

  it('loses nothing that was acknowledged when the primary dies and the standby takes its place', async () => {
    await servers.restartStandby();
    await streaming(1);
    const dead = new AbortController();
    let n = 1_000;
    const senders = Array.from({ length: 20 }, async () => {
      while (!dead.signal.aborted) await send((n += 1)).catch(() => undefined);
    });
    while (acknowledged.length < 1_000) await sleep(10);
    servers.primary.signal('SIGKILL');
    dead.abort();
    await Promise.all(senders);
    await servers.promote();
    const heir = new Bus(await PostgresBusEngine.open({ connectionString: servers.standby.connectionString }));
    const found = new Set<string>();
    const subscription = await heir.subscribe({ topic: 'careful', group: 'auditor' }, ({ partition, offset }) => {
      found.add(`${partition} ${offset}`);
    });
    const stored = async (): Promise<number> =>
      (await heir.describeTopic('careful')).partitions.reduce((sum, partition) => sum + partition.end, 0);
    while (found.size < (await stored())) await sleep(50);
    await subscription.stop();
    const missing = acknowledged.filter(({ partition, offset }) => !found.has(`${partition} ${offset}`));
    expect(missing).toEqual([]);
    await heir.stop();
  });
});
