import type { EventStore } from '@annals/event-store';
import type { UnitOfWork } from '@annals/log';
import type { CommandLedger } from '../commanding/command-ledger.js';
import { NoLedger } from '../commanding/no-ledger.js';
import type { Authorise } from '../commanding/pipeline/authorisation.js';
import { authorisation } from '../commanding/pipeline/authorisation.js';
import { commandLedger, isDomainRejection } from '../commanding/pipeline/command-ledger.js';
import { conflictRetry } from '../commanding/pipeline/conflict-retry.js';
import { deadline } from '../commanding/pipeline/deadline.js';
import { metadataContext } from '../commanding/pipeline/metadata-context.js';
import type { Stage } from '../commanding/pipeline/stage.js';
import { tracing } from '../commanding/pipeline/tracing.js';
import { validation } from '../commanding/pipeline/validation.js';
import { publications } from '../commanding/publications.js';
import type { ConflictRetryOptions } from '../commanding/retry-on-conflict.js';
import { resolveConflictRetry } from '../commanding/retry-on-conflict.js';

/** The stages that every command and query goes through, to be put in order. */
export interface StandardStages {
  /** Correlation and causation for all that follows; commands only. */
  readonly metadata: Stage;
  /** A span of OpenTelemetry. */
  readonly tracing: Stage;
  /** Ends the wait when time is up. */
  readonly deadline: Stage;
  /** All faults of the command or query at once. */
  readonly validation: Stage;
  /** Asks `authorise`. */
  readonly authorisation: Stage;
  /** The application's own, in their order. */
  readonly own: readonly Stage[];
  /** Executes again after a conflict, on fresh state; commands only. */
  readonly retry: Stage;
  /** Appends what a handler published on the `EventBus`. It must stand innermost. */
  readonly publications: Stage;
  /** Has a command with an id take effect once. It must stand inside `retry`: a conflict shows at the end of its unit of work. */
  readonly ledger: Stage;
}

/** What of the module's options the stages are made of. */
interface StageOptions {
  readonly authorise?: Authorise;
  readonly isRejection?: (error: unknown) => boolean;
  readonly stages?: readonly Stage[];
  readonly retry?: ConflictRetryOptions;
}

const pass: Stage = (next) => next;

/** The stages as the options make them. */
export function standardStages(
  options: StageOptions,
  ledger: CommandLedger | undefined,
  unitOfWork: UnitOfWork | undefined,
  store: EventStore | undefined,
): StandardStages {
  const { authorise, isRejection = isDomainRejection } = options;
  return {
    metadata: metadataContext(),
    tracing: tracing(),
    deadline,
    validation,
    authorisation: authorise === undefined ? pass : authorisation(authorise),
    own: options.stages ?? [],
    retry: conflictRetry(resolveConflictRetry(options.retry)),
    publications: publications(store),
    ledger: ledger && unitOfWork ? commandLedger({ ledger, unitOfWork, isRejection }) : refuseIds,
  };
}

/** The order they stand in unless the application says otherwise, the outermost first. */
export const standardOrder = (stages: StandardStages): readonly Stage[] => [
  ...[stages.metadata, stages.tracing, stages.deadline, stages.validation, stages.authorisation],
  ...stages.own,
  ...[stages.retry, stages.ledger, stages.publications],
];

const refuseIds: Stage = (next) => (execution) =>
  execution.kind === 'command' && execution.commandId !== undefined
    ? Promise.reject(new NoLedger(execution.commandId))
    : next(execution);
