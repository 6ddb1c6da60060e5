import type { FactoryProvider } from '@nestjs/common';
import { getDataSourceToken } from '@nestjs/typeorm';
import { EventStore } from '@annals/event-store';
import { PostgresLog, UnitOfWork } from '@annals/log';
import type { DataSource, EntityManager } from 'typeorm';
import { PostgresProjectionStorage } from '../engines/postgres/postgres-projection-storage.js';
import { PostgresRebuildStorage } from '../engines/postgres/postgres-rebuild-storage.js';
import { Projections } from '../projecting/projections.js';
import { ProjectionDataSource } from './projection-data-source.js';
import { CQRS_OPTIONS } from './cqrs.module-definition.js';
import type { CqrsModuleOptions } from './cqrs.options.js';

/** `Projections` on the event store's Postgres and the application's TypeORM; without these two it takes no projection. */
export const projectionsProvider: FactoryProvider<Promise<Projections>> = {
  provide: Projections,
  inject: [
    CQRS_OPTIONS,
    EventStore,
    { token: PostgresLog, optional: true },
    { token: UnitOfWork, optional: true },
    { token: getDataSourceToken(), optional: true },
    ProjectionDataSource,
  ],
  useFactory: async (
    { projections = {}, schema: shared }: CqrsModuleOptions,
    store: EventStore,
    log: PostgresLog | undefined,
    unitOfWork: UnitOfWork<EntityManager> | undefined,
    applications: DataSource | undefined,
    own: ProjectionDataSource,
  ) => {
    const { schema = shared, ...options } = projections;
    const storage =
      log && applications
        ? await PostgresProjectionStorage.open(log.database, applications, schema, unitOfWork)
        : await own.storage();
    return new Projections(store, storage, options, storage && new PostgresRebuildStorage(storage));
  },
};
