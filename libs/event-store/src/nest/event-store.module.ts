import { Log, PostgresLog, UnitOfWork, WakesReaders } from '@annals/log';
import type { InjectionToken, OnApplicationShutdown, Provider } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { EventStore } from '../event-store.js';
import { KeyStore } from '../shredding/key-store.js';
import { SubjectRegistry } from '../shredding/subject-registry.js';
import { EventStoreEngine } from './event-store-engine.js';
import { ConfigurableModuleClass, EVENT_STORE_OPTIONS } from './event-store.module-definition.js';
import type { EventStoreModuleOptions } from './event-store.options.js';

const engine: Provider = {
  provide: EventStoreEngine,
  inject: [EVENT_STORE_OPTIONS, { token: getDataSourceToken(), optional: true }],
  useFactory: (options: EventStoreModuleOptions, dataSource?: DataSource) =>
    EventStoreEngine.start(options, dataSource),
};

const part = (provide: InjectionToken, useFactory: (engine: EventStoreEngine) => unknown): Provider => ({
  provide,
  inject: [EventStoreEngine],
  useFactory,
});

/**
 * Provides `EventStore`, `UnitOfWork`, `Log`, `WakesReaders`, `KeyStore` and `SubjectRegistry`, and `PostgresLog` where the engine is one. The engine is
 * open when the first of them is injected, so a fault of the options or of the database ends the boot; it is stopped
 * after all other parts of the application, which may append until then.
 */
@Module({
  providers: [
    engine,
    part(EventStore, ({ store }) => store),
    part(KeyStore, ({ personal }) => personal.keys),
    part(Log, ({ log }) => log),
    part(PostgresLog, ({ log }) => (log instanceof PostgresLog ? log : undefined)),
    part(SubjectRegistry, ({ personal }) => personal.subjects),
    part(UnitOfWork, ({ unitOfWork }) => unitOfWork),
    part(WakesReaders, ({ log }) => log),
  ],
  exports: [EventStore, KeyStore, Log, PostgresLog, SubjectRegistry, UnitOfWork, WakesReaders],
})
export class EventStoreModule extends ConfigurableModuleClass implements OnApplicationShutdown {
  constructor(private readonly engine: EventStoreEngine) {
    super();
  }

  /** Lets the engine's connections go once the application is shut down. */
  onApplicationShutdown(): Promise<void> {
    return this.engine.stop();
  }
}
