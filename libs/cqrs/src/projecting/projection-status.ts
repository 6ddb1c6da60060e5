import type { Checkpoint } from '@annals/log';
import type { StoredFailure } from './projection-storage.js';
import type { ProjectionState } from './projection-runner.js';

/** How a projection is doing. */
export interface ProjectionStatus {
  readonly name: string;
  readonly version: number;
  /** What this process does with it; on standby another process may be running it. */
  readonly state: ProjectionState;
  /** For each partition the offset it goes on from, as the database has it. */
  readonly checkpoint: Checkpoint;
  /** Events to go, for each partition; those the projection does not handle are counted until it has passed them. */
  readonly lag: readonly number[];
  /** What stands in its way according to the database, whichever process met it. */
  readonly failure: StoredFailure | undefined;
  /** What went wrong last in this process, until something went well. */
  readonly lastError: unknown;
}
