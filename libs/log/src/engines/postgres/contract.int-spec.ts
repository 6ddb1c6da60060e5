import { openTestDatabase } from '@annals/postgres/testing';
import type { EntityManager } from 'typeorm';
import { DataSource, EntitySchema } from 'typeorm';
import { testLog, testUnitOfWork } from '../../testing/index.js';
import { PostgresLog } from './postgres-log.js';
import { TypeOrmUnitOfWork } from './typeorm/typeorm-unit-of-work.js';

const Row = new EntitySchema<{ name: string }>({ name: 'row', columns: { name: { type: 'text', primary: true } } });

testLog(
  'Postgres',
  async () => {
    const database = await openTestDatabase();
    const { connectionString } = database;
    let log = await PostgresLog.open({ connectionString });
    return {
      log,
      stop: async () => {
        await log.stop();
        await database.drop();
      },
      restart: async () => {
        await log.stop();
        return (log = await PostgresLog.open({ connectionString }));
      },
    };
  },
  { survivesRestart: true, histories: 30 },
);

testUnitOfWork<EntityManager>(
  'Postgres',
  async () => {
    const database = await openTestDatabase();
    const log = await PostgresLog.open({ connectionString: database.connectionString });
    const dataSource = await new DataSource({
      type: 'postgres',
      url: database.connectionString,
      entities: [Row],
      synchronize: true,
    }).initialize();
    return {
      log,
      unitOfWork: new TypeOrmUnitOfWork(dataSource, log),
      rows: {
        insert: async (manager, name) => {
          await manager.insert('row', { name });
        },
        exists: (name) => dataSource.manager.existsBy('row', { name }),
        transaction: (work) => dataSource.transaction(work),
        savepoint: (manager, work) => manager.transaction(work),
      },
      stop: async () => {
        await dataSource.destroy();
        await log.stop();
        await database.drop();
      },
    };
  },
  { sharesTransactions: true },
);
