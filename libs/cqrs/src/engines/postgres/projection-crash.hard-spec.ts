import type { ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { LogEventStore } from '@annals/event-store';
import { PostgresLog, TypeOrmUnitOfWork } from '@annals/log';
import { openTestDatabase } from '@annals/postgres/testing';
import type { TestDatabase } from '@annals/postgres/testing';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Projections } from '../../projecting/projections.js';
import { ChildProcesses } from '../../testing/child-processes.js';
import { Sale, sales, Sold } from '../../testing/sales.js';
import { PostgresProjectionStorage } from './postgres-projection-storage.js';

const STRESS_MS = 20_000;
const DISTURBANCES = 11;
const OWNERS = 6;
const PROCESSES = 3;
const STREAMS = 20;
const NAME = 'crashing-sales';

describe('A projection whose processes are killed and stopped', () => {
  let database: TestDatabase;
  let log: PostgresLog;
  let dataSource: DataSource;
  let store: LogEventStore;
  const processes = new ChildProcesses('./projection-process.mjs');

  beforeAll(async () => {
    database = await openTestDatabase('projection_crash');
    log = await PostgresLog.open({ connectionString: database.connectionString });
    const url = database.connectionString;
    dataSource = await new DataSource({ type: 'postgres', url, entities: [Sale], synchronize: true }).initialize();
    store = new LogEventStore({ log, unitOfWork: new TypeOrmUnitOfWork(dataSource, log), wakesReaders: log });
  });
  afterAll(async () => {
    await processes.killAll();
    await dataSource.destroy();
    await log.stop();
    await database.drop();
  });

  const startOwner = () => processes.start(database.connectionString, NAME);

  async function write(until: () => boolean): Promise<Map<string, number>> {
    const appended = new Map<string, number>();
    while (!until()) {
      const stream = `sale-${randomInt(STREAMS)}`;
      const events = Array.from({ length: 1 + randomInt(3) }, () => new Sold('book', 1));
      const result = await store.append(stream, 'any', events);
      if (!result.pending) appended.set(stream, result.revision);
      await sleep(randomInt(10));
    }
    return appended;
  }

  const owners = async (): Promise<number> => {
    const [lease] = await dataSource.query<{ generation: string }[]>('SELECT generation FROM annals.lease');
    return Number(lease?.generation ?? 0);
  };

  /**
   * Kills a process and starts another, or stops one for longer than its lease. Whom it meets is chance, and may be a
   * standby: it goes on past its time until the projection has had its owners. @returns how often it did
   */
  async function disturb(until: number): Promise<number> {
    let disturbances = 0;
    for (; Date.now() < until || disturbances < DISTURBANCES || (await owners()) < OWNERS; disturbances += 1) {
      await sleep(randomInt(500));
      const child = processes.all[randomInt(processes.all.length)] as ChildProcess;
      if (randomInt(2) === 0) {
        await processes.kill(child);
        await startOwner();
      } else {
        child.kill('SIGSTOP');
        await sleep(randomInt(2_000));
        child.kill('SIGCONT');
      }
    }
    return disturbances;
  }

  it('has each event once, and each stream in order', async () => {
    await Promise.all(Array.from({ length: PROCESSES }, startOwner));
    let stopped = false;
    const writing = write(() => stopped);
    const disturbances = await disturb(Date.now() + STRESS_MS);
    stopped = true;
    const appended = await writing;
    // None starts here: this one only watches the others.
    const watcher = new Projections(store, await PostgresProjectionStorage.open(log.database, dataSource));
    watcher.add(sales(NAME));
    await watcher.reached(NAME, await store.head(), { timeoutMs: 60_000 });

    expect(disturbances).toBeGreaterThanOrEqual(DISTURBANCES);
    expect(await owners()).toBeGreaterThanOrEqual(OWNERS);
    const rows = await dataSource.getRepository(Sale).find({ order: { id: 'ASC' } });
    for (const [stream, revision] of appended) {
      const revisions = rows.filter((row) => row.stream === stream).map((row) => row.revision);
      expect(revisions).toEqual(Array.from({ length: revision }, (_, at) => at + 1));
    }
    expect(rows).toHaveLength([...appended.values()].reduce((sum, revision) => sum + revision, 0));
  });
});
