import { Module } from '@nestjs/common';
import type { DynamicModule, Provider } from '@nestjs/common';
import { CqrsModule as NestCqrsModule } from '@nestjs/cqrs';
import { EventStore } from '@annals/event-store';
import { CommandLedger } from '../commanding/command-ledger.js';
import { repositoryOf } from '../commanding/repository-of.js';
import type { ConflictRetryOptions } from '../commanding/retry-on-conflict.js';
import { Projections } from '../projecting/projections.js';
import { CheckpointInterceptor } from './checkpoint.interceptor.js';
import { commandLedgerProvider } from './command-ledger.provider.js';
import { BusPipelines } from './bus-pipelines.js';
import { aggregatesToken } from './cqrs.decorators.js';
import type { AggregateType } from './cqrs.decorators.js';
import { ConfigurableModuleClass, CQRS_OPTIONS } from './cqrs.module-definition.js';
import type { CqrsModuleOptions } from './cqrs.options.js';
import { DurableEvents } from './durable/durable-events.js';
import { ProjectionDataSource } from './projection-data-source.js';
import { ProjectionExplorer } from './projection-explorer.js';
import { commandSchedulerProvider } from './command-scheduler.provider.js';
import { CommandScheduler } from '../commanding/scheduling/command-scheduler.js';
import { ScheduleExplorer } from './schedule-explorer.js';
import { ProjectionsHealthIndicator } from './projections.health.js';
import { projectionsProvider } from './projections.provider.js';

/**
 * Commands, queries, aggregates and projections. `forRoot` once, beside `EventStoreModule.forRoot` and, for projections,
 * `TypeOrmModule.forRoot`; `forFeature` wherever repositories are injected. The buses are those of `@nestjs/cqrs`.
 */
@Module({
  imports: [NestCqrsModule],
  providers: [
    ...[BusPipelines, CheckpointInterceptor, commandLedgerProvider, commandSchedulerProvider, DurableEvents],
    ...[ProjectionDataSource, ProjectionExplorer, projectionsProvider, ProjectionsHealthIndicator, ScheduleExplorer],
  ],
  exports: [
    ...[NestCqrsModule, CheckpointInterceptor, CommandLedger, CommandScheduler],
    ...[Projections, ProjectionsHealthIndicator, CQRS_OPTIONS],
  ],
})
export class CqrsModule extends ConfigurableModuleClass {
  /**
   * Provides a repository for each aggregate, to be injected with `@InjectAggregates`.
   * @param aggregates `@Aggregate` classes, and deciders with their categories
   */
  static forFeature(aggregates: readonly AggregateType[]): DynamicModule {
    const providers = aggregates.map(repositoryProvider);
    return { module: CqrsFeatureModule, providers, exports: providers };
  }
}

/** Holds the repositories of one `forFeature`; a class of its own, since `CqrsModule` has the pipelines. */
@Module({})
class CqrsFeatureModule {}

const repositoryProvider = (of: AggregateType): Provider => ({
  provide: aggregatesToken(of),
  inject: [EventStore, CQRS_OPTIONS],
  useFactory: (store: EventStore, { retry }: CqrsModuleOptions) => makeRepository(store, of, retry),
});

// Two overloads, told apart here as there.
const makeRepository = (store: EventStore, of: AggregateType, retry: ConflictRetryOptions | undefined) =>
  typeof of === 'function' ? repositoryOf(store, of, retry) : repositoryOf(store, of, retry);
