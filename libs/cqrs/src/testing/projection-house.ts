import { LogEventStore } from '@annals/event-store';
import { PostgresLog, TypeOrmUnitOfWork } from '@annals/log';
import { openTestDatabase } from '@annals/postgres/testing';
import type { TestDatabase } from '@annals/postgres/testing';
import { DataSource } from 'typeorm';
import type { DataSourceOptions } from 'typeorm';
import { PostgresProjectionStorage } from '../engines/postgres/postgres-projection-storage.js';
import { PostgresRebuildStorage } from '../engines/postgres/postgres-rebuild-storage.js';
import { Projections } from '../projecting/projections.js';
import type { ProjectionsOptions } from '../projecting/projections-options.js';

const QUICK = { leaseMs: 900, standbyMs: 20, pollMs: 100, retryBaseMs: 10, retryMaxMs: 40, attempts: 3 };

export interface ProjectionHouse {
  readonly database: TestDatabase;
  readonly log: PostgresLog;
  readonly dataSource: DataSource;
  readonly unitOfWork: TypeOrmUnitOfWork;
  readonly store: LogEventStore;
  readonly storage: PostgresProjectionStorage;
  /** Projections of a process of their own; not started. */
  make(instances: readonly object[], options?: ProjectionsOptions): Projections;
  /** The same, started. */
  run(instances: readonly object[], options?: ProjectionsOptions): Projections;
  stopAll(): Promise<void>;
  close(): Promise<void>;
}

/** A database with an event store and read models, for tests of projections. */
export async function openProjectionHouse(
  name: string,
  entities: DataSourceOptions['entities'],
): Promise<ProjectionHouse> {
  const database = await openTestDatabase(name);
  const log = await PostgresLog.open({ connectionString: database.connectionString });
  const url = database.connectionString;
  const dataSource = new DataSource({
    type: 'postgres',
    url,
    entities: entities ?? [],
    poolSize: 8,
  });
  await dataSource.initialize();
  for (const { schema } of dataSource.entityMetadatas) {
    if (schema !== undefined) await dataSource.query(`CREATE SCHEMA IF NOT EXISTS "${schema}"`);
  }
  await dataSource.synchronize();
  const unitOfWork = new TypeOrmUnitOfWork(dataSource, log);
  const store = new LogEventStore({ log, unitOfWork, wakesReaders: log });
  const storage = await PostgresProjectionStorage.open(log.database, dataSource, 'annals', unitOfWork);
  const made = new Set<Projections>();
  const make = (instances: readonly object[], options: ProjectionsOptions = {}): Projections => {
    const projections = new Projections(store, storage, { ...QUICK, ...options }, new PostgresRebuildStorage(storage));
    for (const instance of instances) projections.add(instance);
    made.add(projections);
    return projections;
  };
  const stopAll = async (): Promise<void> => {
    await Promise.all([...made].map((projections) => projections.stop()));
    made.clear();
  };
  return {
    ...{ database, log, dataSource, unitOfWork, store, storage, make, stopAll },
    run: (instances, options) => {
      const projections = make(instances, options);
      projections.start();
      return projections;
    },
    close: async () => {
      await stopAll();
      await dataSource.destroy();
      await log.stop();
      await database.drop();
    },
  };
}
