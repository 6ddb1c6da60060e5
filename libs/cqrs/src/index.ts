export { Command, CommandBus, CommandHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';

export { Aggregate } from './commanding/aggregate.js';
export { AggregateNotFound } from './commanding/aggregate-not-found.js';
export { AggregateRoot } from './commanding/aggregate-root.js';
export { CommandIdReused } from './commanding/command-id-reused.js';
export { CommandLedger } from './commanding/command-ledger.js';
export { CommandRecorded } from './commanding/command-recorded.js';
export { DeadlineExceeded } from './commanding/deadline-exceeded.js';
export { Decided } from './commanding/decided.js';
export { DeciderRepository } from './commanding/decider-repository.js';
export { InvalidAggregate } from './commanding/invalid-aggregate.js';
export { InvalidCommandId } from './commanding/invalid-command-id.js';
export { NoLedger } from './commanding/no-ledger.js';
export { NotAuthorised } from './commanding/not-authorised.js';
export { authorisation } from './commanding/pipeline/authorisation.js';
export { commandLedger, isDomainRejection } from './commanding/pipeline/command-ledger.js';
export { deadline } from './commanding/pipeline/deadline.js';
export { metadataContext } from './commanding/pipeline/metadata-context.js';
export { pipeline } from './commanding/pipeline/stage.js';
export { tracing } from './commanding/pipeline/tracing.js';
export { validation } from './commanding/pipeline/validation.js';
export { CommandScheduler } from './commanding/scheduling/command-scheduler.js';
export { InvalidSchedule } from './commanding/scheduling/invalid-schedule.js';
export { Recurring } from './commanding/scheduling/recurring.js';
export { ScheduledCommand } from './commanding/scheduling/scheduled-command.js';
export { ScheduleStore } from './commanding/scheduling/schedule-store.js';
export { PostgresScheduleStore } from './engines/postgres/postgres-schedule-store.js';
export { currentExecution, withCommand } from './commanding/with-command.js';
export { InMemoryCommandLedger } from './engines/in-memory/in-memory-command-ledger.js';
export { PostgresCommandLedger } from './engines/postgres/postgres-command-ledger.js';
export { InvalidCommand } from './commanding/invalid-command.js';
export { Repository } from './commanding/repository.js';
export { repositoryOf } from './commanding/repository-of.js';
export { When } from './commanding/when.js';
export { PostgresProjectionStorage } from './engines/postgres/postgres-projection-storage.js';
export { aggregatesToken, InjectAggregates } from './nest/cqrs.decorators.js';
export { commandMetrics } from './metrics/command-metrics.js';
export { projectionMetrics } from './metrics/projection-metrics.js';
export { CHECKPOINT_HEADER, CheckpointInterceptor } from './nest/checkpoint.interceptor.js';
export { CqrsModule } from './nest/cqrs.module.js';
export { UnnamedClasses } from './nest/durable/unnamed-classes.js';
export { ProjectionsHealthIndicator } from './nest/projections.health.js';
export { ReadsFrom } from './nest/reads-from.js';
export { TracingInterceptor } from './nest/tracing.interceptor.js';
export { standardOrder } from './nest/standard-stages.js';
export { PostgresRebuildStorage } from './engines/postgres/postgres-rebuild-storage.js';
export { healthOf } from './projecting/projection-health.js';
export { InvalidProjection } from './projecting/invalid-projection.js';
export { Fold } from './projecting/fold.js';
export { FoldedRows } from './projecting/folding-on-demand.js';
export { On, OnBatch } from './projecting/on.js';
export { Projection } from './projecting/projection.js';
export { ProjectionCursorMoved } from './projecting/projection-cursor-moved.js';
export { ProjectionFailed } from './projecting/projection-failed.js';
export { ProjectionNotReached } from './projecting/projection-not-reached.js';
export { Projections } from './projecting/projections.js';
export { ProjectionSetAside } from './projecting/projection-set-aside.js';
export { ProjectionStorage } from './projecting/projection-storage.js';
export { ProjectionStuck } from './projecting/projection-stuck.js';
export { ProjectionSuperseded } from './projecting/projection-superseded.js';
export { RebuildRefused } from './projecting/rebuild-refused.js';
export { RebuildStorage } from './projecting/rebuild-storage.js';
export { RebuildWroteLive } from './projecting/rebuild-wrote-live.js';
export { UnknownProjection } from './projecting/unknown-projection.js';
export { InvalidQuery } from './querying/invalid-query.js';
export { UnhandledEventVersion } from './unhandled-event-version.js';

export type { ICommandHandler, IQueryHandler } from '@nestjs/cqrs';
export type { AggregateOptions } from './commanding/aggregate.js';
export type { CategorisedDecider, Decider } from './commanding/decider.js';
export type { Handled } from './commanding/decider-repository.js';
export type { EventSourced } from './commanding/event-sourced.js';
export type { RejectedBefore } from './commanding/rejected-before.js';
export type { LedgerEntry, Outcome } from './commanding/command-ledger.js';
export type { Authorise } from './commanding/pipeline/authorisation.js';
export type { LedgerParts } from './commanding/pipeline/command-ledger.js';
export type { ScheduleOptions, SchedulerOptions, SchedulerParts } from './commanding/scheduling/command-scheduler.js';
export type { MissedPolicy, OverlapPolicy, RecurringOptions } from './commanding/scheduling/recurring.js';
export type {
  ClaimedEntry,
  DueAt,
  DueTimetable,
  Occurrences,
  ScheduledEntry,
  Timetable,
  WaitingEntry,
} from './commanding/scheduling/schedule-store.js';
export type { CommandOptions } from './commanding/with-command.js';
export type { StreamOf } from './nest/durable/durable-publisher.js';
export type { StandardStages } from './nest/standard-stages.js';
export type { Fault } from './commanding/pipeline/fault.js';
export type { Execute, Execution, Stage } from './commanding/pipeline/stage.js';
export type { AggregateKind, Moment } from './commanding/repository.js';
export type { LiveQueryOptions } from './projecting/changes.js';
export type { HealthOptions, ProjectionHealth } from './projecting/projection-health.js';
export type { AggregateClass } from './commanding/repository-of.js';
export type { ConflictRetryOptions } from './commanding/retry-on-conflict.js';
export type { AggregateType } from './nest/cqrs.decorators.js';
export type { CqrsModuleOptions, CqrsProjectionsOptions, CqrsSchedulerOptions } from './nest/cqrs.options.js';
export type { ExternalContext, ExternalTarget } from './projecting/external-target.js';
export type { FoldMethod, KeysOf } from './projecting/fold.js';
export type { FoldOptions } from './projecting/folding-on-demand.js';
export type { Lane } from './projecting/lane.js';
export type { Handle, HandleBatch } from './projecting/on.js';
export type { ProjectionContext } from './projecting/projection-context.js';
export type { FailurePolicy, ProjectionKey, ProjectionMode, ProjectionOptions } from './projecting/projection.js';
export type { ProjectionState } from './projecting/lane-runner.js';
export type { EventInHand, ProjectionDiagnosis, ProjectionStatus } from './projecting/projection-status.js';
export type {
  Advance,
  Blocker,
  DueKey,
  Ownership,
  ParkedKey,
  Paused,
  RunningTransaction,
  Seizure,
  SetAside,
  StoredFailure,
  StoredProjection,
  Work,
} from './projecting/projection-storage.js';
export type {
  Beside,
  CatchUp,
  ComparesRebuild,
  Finish,
  RebuildComparison,
  RebuildSides,
  RebuildState,
  StoredRebuild,
} from './projecting/rebuild-storage.js';
export type { RebuildOptions, RebuildProgress } from './projecting/rebuilds.js';
export type { Row, RowChange, RowKey, RowTable } from './projecting/row-table.js';
export type { ProjectionsOptions } from './projecting/projections-options.js';
export type { ReachedOptions } from './projecting/reaching.js';
