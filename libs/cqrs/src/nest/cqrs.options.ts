import type { Authorise } from '../commanding/pipeline/authorisation.js';
import type { Stage } from '../commanding/pipeline/stage.js';
import type { SchedulerOptions } from '../commanding/scheduling/command-scheduler.js';
import type { ConflictRetryOptions } from '../commanding/retry-on-conflict.js';
import type { ProjectionsOptions } from '../projecting/projections-options.js';
import type { StreamOf } from './durable/durable-publisher.js';
import type { StandardStages } from './standard-stages.js';

/** How projections run in a Nest application. */
export interface CqrsProjectionsOptions extends ProjectionsOptions {
  /** False leaves all projections to other processes, or to `Projections.start`. @default true */
  readonly autoStart?: boolean;
  /** The schema of Annals' tables, as the event store was given it. @default that of the module's options */
  readonly schema?: string;
}

/** How scheduled commands are executed in a Nest application. */
export interface CqrsSchedulerOptions extends SchedulerOptions {
  /** False leaves them to other processes, or to `CommandScheduler.start`. @default true */
  readonly autoStart?: boolean;
}

/** Options of `CqrsModule.forRoot`. */
export interface CqrsModuleOptions {
  /** How a command that lost a race for a stream is executed again. */
  readonly retry?: ConflictRetryOptions;
  /** Stages of the application's own: between authorisation and the retry. @default [] */
  readonly stages?: readonly Stage[];
  /** Puts the stages in another order, leaves some out, puts own ones between. @default `standardOrder` */
  readonly pipeline?: (stages: StandardStages) => readonly Stage[];
  /** Whether a command or query may go to its handler. @default all may */
  readonly authorise?: Authorise;
  /** Milliseconds that a command may take which names no time of its own. @default as long as it takes */
  readonly timeoutMs?: number;
  /** The id of a command that was executed without `withCommand`, as a field of it. @default it has none */
  readonly commandIdOf?: (command: object) => string | undefined;
  /** Whether an error is the answer to a command, for every time it is sent. @default `isDomainRejection` */
  readonly isRejection?: (error: unknown) => boolean;
  /** The schema of Annals' tables, as the event store was given it. @default 'annals' */
  readonly schema?: string;
  /**
   * Whether what is published on the `EventBus` of `@nestjs/cqrs` is stored, and its `@EventsHandler`s and sagas follow the log.
   * Without Postgres it stays in memory. @default true
   */
  readonly durableEvents?: boolean;
  /**
   * The stored names of classes that were written for `@nestjs/cqrs` alone, by their class names: events without `@DomainEvent`,
   * `@EventsHandler` classes, and aggregates whose category is another than their class name. What is missing is listed at the
   * start. @default none
   */
  readonly legacyNames?: Readonly<Record<string, string>>;
  /** Names the stream of an event that is published on the `EventBus`. @default an aggregate's `category-id`; else one per type */
  readonly streamOf?: StreamOf;
  /** Milliseconds that `CheckpointInterceptor` lets a read wait for its projections. @default 5000 */
  readonly checkpointTimeoutMs?: number;
  /** How scheduled commands are executed. */
  readonly scheduler?: CqrsSchedulerOptions;
  /** How projections run. */
  readonly projections?: CqrsProjectionsOptions;
}
