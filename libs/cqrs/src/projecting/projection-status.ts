import type { Checkpoint } from '@annals/log';
import type { ProjectionState } from './lane-runner.js';
import type { Paused, RunningTransaction, StoredFailure } from './projection-storage.js';
import type { ProjectionMode } from './projection.js';

/** How a projection is doing. */
export interface ProjectionStatus {
  readonly name: string;
  readonly version: number;
  readonly mode: ProjectionMode;
  /** What this process does with it; on standby another process may be running it. */
  readonly state: ProjectionState;
  /** For each partition the offset it goes on from, as the database has it. */
  readonly checkpoint: Checkpoint;
  /** Events to go, for each partition; those the projection does not handle are counted until it has passed them. */
  readonly lag: readonly number[];
  /** Events that this process handled per second, over the last ten seconds. */
  readonly eventsPerSecond: number;
  /** Events set aside, for each partition. */
  readonly parked: readonly number[];
  /** What stands in the way of partitions according to the database, whichever process met it. */
  readonly failures: readonly StoredFailure[];
  /** The first of them. */
  readonly failure: StoredFailure | undefined;
  /** That it has been told to stand still. */
  readonly paused: Paused | undefined;
  /** What went wrong last in this process, until something went well. */
  readonly lastError: unknown;
}

/** Why a projection does not get on. */
export interface ProjectionDiagnosis {
  /** In words: what is known of the reason, one sentence each; none: it gets on, or nothing is known. */
  readonly reasons: readonly string[];
  /** Transactions that hold its cursors just now, in whatever process, with who keeps them waiting. */
  readonly running: readonly RunningTransaction[];
  /** The event in hand in this process, and since when, milliseconds. */
  readonly inHand: EventInHand | undefined;
}

/** An event that a handler is at work on. */
export interface EventInHand {
  readonly type: string;
  readonly stream: string;
  readonly revision: number;
  readonly partition: number | undefined;
  readonly offset: number | undefined;
  readonly forMs: number;
}
