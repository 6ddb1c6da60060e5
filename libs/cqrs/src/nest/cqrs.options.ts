import type { Stage } from '../commanding/pipeline/stage.js';
import type { ConflictRetryOptions } from '../commanding/retry-on-conflict.js';
import type { ProjectionsOptions } from '../projecting/projections-options.js';

/** How projections run in a Nest application. */
export interface CqrsProjectionsOptions extends ProjectionsOptions {
  /** False leaves all projections to other processes, or to `Projections.start`. @default true */
  readonly autoStart?: boolean;
  /** The schema of Annals' tables, as the event store was given it. @default 'annals' */
  readonly schema?: string;
}

/** Options of `CqrsModule.forRoot`. */
export interface CqrsModuleOptions {
  /** How a command that lost a race for a stream is executed again. */
  readonly retry?: ConflictRetryOptions;
  /** Stages of the application's own, as for authorisation: between validation and the retry. @default [] */
  readonly stages?: readonly Stage[];
  /** How projections run. */
  readonly projections?: CqrsProjectionsOptions;
}
