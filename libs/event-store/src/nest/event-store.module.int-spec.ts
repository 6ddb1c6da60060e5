import { PostgresLog, UnitOfWork } from '@annals/log';
import { openTestDatabase } from '@annals/postgres/testing';
import type { TestDatabase } from '@annals/postgres/testing';
import { Test } from '@nestjs/testing';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EventStore } from '../event-store.js';
import { events, failureOf, revisions } from '../testing/store-under-test.js';
import { tallies } from '../testing/tally.js';
import { EventStoreModule } from './event-store.module.js';

describe('EventStoreModule on Postgres', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await openTestDatabase('event_store_module');
  });
  afterEach(async () => {
    await database.drop();
  });

  const typeOrm = (url = database.connectionString) =>
    TypeOrmModule.forRoot({ type: 'postgres', url, retryAttempts: 0 });
  const postgres = (given: object = {}) =>
    EventStoreModule.forRoot({ engine: 'postgres', connectionString: database.connectionString, ...given });
  const connections = async (): Promise<number> => {
    const watcher = await new DataSource({ type: 'postgres', url: database.connectionString }).initialize();
    const [row] = await watcher.query<{ others: string }[]>(
      'SELECT count(*) AS others FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    await watcher.destroy();
    return Number(row?.others);
  };

  it('refuses an update in a transaction that no unit has joined, and that one alone', async () => {
    const app = await Test.createTestingModule({ imports: [typeOrm(), postgres()] }).compile();
    const [store, dataSource] = [app.get(EventStore), app.get<DataSource>(getDataSourceToken())];
    const model = tallies();
    const add = () => store.update('tally-1', model, (tally) => tally.add(1));
    const inside = dataSource.transaction(add);
    const outside = [add(), add()];
    expect(await failureOf(inside)).toMatchObject({ code: 'STORE_NOT_JOINED' });
    await Promise.all(outside);
    expect(await store.load('tally-1', tallies())).toMatchObject({ total: 2 });
    await app.close();
  });

  it("shares transactions with the application's DataSource", async () => {
    const app = await Test.createTestingModule({ imports: [typeOrm(), postgres()] }).compile();
    const [store, unitOfWork] = [app.get(EventStore), app.get<UnitOfWork<EntityManager>>(UnitOfWork)];
    const dataSource = app.get<DataSource>(getDataSourceToken());
    await dataSource.query('CREATE TABLE note (text text)');
    const rows = (): Promise<{ text: string }[]> => dataSource.query('SELECT text FROM note');
    const failed = unitOfWork.run(async (manager) => {
      await manager.query("INSERT INTO note VALUES ('lost')");
      await store.append('order-1', 'stream-exists', events(1));
    });
    expect(await failureOf(failed)).toMatchObject({ code: 'STORE_WRONG_EXPECTED_REVISION' });
    expect([await rows(), await revisions(store.read('order-1'))]).toEqual([[], []]);
    await unitOfWork.run(async (manager) => {
      await manager.query("INSERT INTO note VALUES ('kept')");
      await store.append('order-1', 'no-stream', events(1));
    });
    expect([await rows(), await revisions(store.read('order-1'))]).toEqual([[{ text: 'kept' }], [1]]);
    const unjoined = dataSource.transaction(async () => {
      expect(await revisions(store.read('order-1'))).toEqual([1]);
      await store.append('order-1', 'any', events(1));
    });
    expect(await failureOf(unjoined)).toMatchObject({ code: 'STORE_NOT_JOINED' });
    expect(app.get(PostgresLog).partitions).toBe(16);
    await app.close();
  });

  it('opens a DataSource of its own where there is none, and closes all it has opened', async () => {
    const app = await Test.createTestingModule({ imports: [postgres({ partitions: 2, schema: 'other' })] }).compile();
    await app.init();
    const [store, unitOfWork] = [app.get(EventStore), app.get<UnitOfWork<EntityManager>>(UnitOfWork)];
    await unitOfWork.run(async (manager) => {
      await manager.query('CREATE TABLE note (text text)');
      await store.append('order-1', 'no-stream', events(1));
    });
    expect(await store.head()).toHaveLength(2);
    expect(await revisions(store.read('order-1'))).toEqual([1]);
    await app.close();
    // The server ends a session a moment after its client has gone.
    await expect.poll(connections).toBe(0);
  });

  it('refuses a DataSource on another database, and leaves no connection behind', async () => {
    const elsewhere = await openTestDatabase('event_store_elsewhere');
    const other = await new DataSource({ type: 'postgres', url: elsewhere.connectionString }).initialize();
    try {
      const boot = Test.createTestingModule({ imports: [postgres({ dataSource: other })] }).compile();
      expect((await failureOf(boot)).message).toMatch(/dataSource is on another database/);
      // The server ends a session a moment after its client has gone.
      await expect.poll(connections).toBe(0);
    } finally {
      await other.destroy();
      await elsewhere.drop();
    }
  });
});
