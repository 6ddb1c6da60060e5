import type { RecordedEvent } from '@annals/event-store';
import type { Checkpoint } from '@annals/log';
import type { EntityManager, EntityTarget, ObjectLiteral } from 'typeorm';
import type { Lane } from './lane.js';
import type { ProjectionKey } from './projection.js';
import type { RowTable } from './row-table.js';

/** The right to run a lane of a projection, until another takes over. */
export interface Ownership {
  readonly lane: Lane;
  /** Names this process's attempt. */
  readonly holder: string;
  /** Of the lease; rises with each owner. */
  readonly generation: number;
  /** How long it lasts without renewal, milliseconds; a transaction that idles longer is ended by the database. */
  readonly leaseMs: number;
}

/** An ownership whose predecessors are fenced off. */
export interface Seizure extends Ownership {
  /** The lane's partitions. */
  readonly partitions: readonly number[];
  /** By partition; every transaction of an owner carries them, so that a stale owner's fail. */
  readonly generations: readonly number[];
  /** Where to go on. The lane moves its own partitions only. */
  readonly checkpoint: Checkpoint;
  /** By partition: events below have been handled before, so their side effects have happened. */
  readonly replayedTo: Checkpoint;
  /** Keys whose events wait. */
  readonly parkedKeys: readonly string[];
}

/** What the database knows of a projection. */
export interface StoredProjection {
  /** For each partition the offset to go on from; empty before the first run. */
  readonly checkpoint: Checkpoint;
  /** What stands in each partition's way, since when; gone once the partition moves on. */
  readonly failures: readonly StoredFailure[];
  /** Events set aside, by partition. */
  readonly parked: Readonly<Record<number, number>>;
  readonly paused: Paused | undefined;
}

/** A failure that lasts. */
export interface StoredFailure {
  readonly partition: number;
  readonly message: string;
  readonly since: Date;
}

/** That a projection is to stand still. */
export interface Paused {
  readonly reason: string;
  readonly since: Date;
}

/** An event that is passed, but not handled. */
export interface SetAside {
  readonly event: RecordedEvent;
  /** What waits for what: events of one key are handled in order. */
  readonly key: string;
  /** True: nothing waits for it. */
  readonly skipped: boolean;
  /** What an attempt ended with; undefined for one that waits for another. */
  readonly failure: string | undefined;
  readonly attempts: number;
  /** Milliseconds until the next attempt; undefined: not before somebody says so. */
  readonly waitMs: number | undefined;
}

/** The first event of a key that is set aside. */
export interface DueKey {
  readonly key: string;
  readonly partition: number;
  readonly offset: number;
  readonly attempts: number;
  /** Milliseconds until it is due; 0 or less: it is. */
  readonly dueInMs: number;
}

/** What a key's events wait for. */
export interface ParkedKey {
  readonly key: string;
  readonly partition: number;
  readonly offset: number;
  readonly stream: string;
  readonly failure: string | undefined;
  readonly attempts: number;
  /** When it is tried again by itself; undefined: not before it is released. */
  readonly nextAt: Date | undefined;
  readonly since: Date;
  /** How many events of the key wait, this one included. */
  readonly events: number;
}

/** Work in a projection's transaction. */
export type Work = (manager: EntityManager) => Promise<void>;

/** One step of a projection. */
export interface Advance {
  readonly from: Checkpoint;
  readonly to: Checkpoint;
  /** Writes the read model; undefined when the step has no events of the projection. */
  readonly work: Work | undefined;
  /** What the step passes without handling it. */
  readonly setAside?: readonly SetAside[];
}

/** Who keeps a transaction waiting. */
export interface Blocker {
  /** The server process that stands in the way. */
  readonly pid: number;
  readonly application: string;
  /** What it runs, or ran last. */
  readonly query: string;
  /** As in `pg_stat_activity`: `active`, `idle in transaction` … */
  readonly state: string;
  /** Since when its transaction has been open. */
  readonly since: Date | undefined;
}

/** What the transaction that holds a projection's cursors is at. */
export interface RunningTransaction {
  readonly pid: number;
  readonly query: string;
  readonly state: string;
  readonly since: Date | undefined;
  /** As in `pg_stat_activity`, like `Lock`; undefined: it waits for nothing in the database. */
  readonly waitsFor: string | undefined;
  readonly blockedBy: readonly Blocker[];
}

/** Where projections keep their cursors and their owners. */
export abstract class ProjectionStorage {
  /**
   * Makes `holder` the owner if the lane has none, or a late one.
   * @param leaseMs how long that lasts without renewal, milliseconds
   * @returns undefined while another owns it
   */
  abstract acquire(lane: Lane, holder: string, leaseMs: number): Promise<Ownership | undefined>;

  /** Prolongs an ownership from now on. @returns false when it has run out, been taken over, or is to stand still */
  abstract renew(ownership: Ownership): Promise<boolean>;

  /** Gives an ownership up, so that the next owner need not wait for its end. Harmless when it has ended. */
  abstract release(ownership: Ownership): Promise<void>;

  /**
   * Fences all earlier owners off: their open transactions are waited for, later ones fail. Creates missing cursors at 0.
   * @param partitions of the event log
   * @param startAt where missing cursors are made. @default 0 in each partition
   * @returns where to go on; or that it is to stand still
   * @throws ProjectionSuperseded (`CQRS_PROJECTION_SUPERSEDED`) when the ownership has ended
   */
  abstract seize(ownership: Ownership, partitions: number, startAt?: Checkpoint): Promise<Seizure | Paused>;

  /**
   * One transaction: locks the cursors of the partitions that move, checks owner and offsets, does the work, moves them.
   * @throws ProjectionSuperseded (`CQRS_PROJECTION_SUPERSEDED`), ProjectionCursorMoved (`CQRS_PROJECTION_CURSOR_MOVED`),
   *   what `work` throws, and the database's errors; nothing is written then, unless the answer to COMMIT was lost
   */
  abstract advance(seizure: Seizure, step: Advance): Promise<void>;

  /** Whether `error` says that the database could not be reached, so that nothing is wrong with what was asked of it. */
  abstract isUnavailable(error: unknown): boolean;

  /** Notes what stands in the way of a partition, for everybody to see. Ignored from a stale owner. */
  abstract fail(seizure: Seizure, partition: number, message: string): Promise<void>;

  /** The keys of a lane that are tried again by themselves, the next one first. */
  abstract dueKeys(seizure: Seizure): Promise<readonly DueKey[]>;

  /**
   * One transaction: does the work of an event that was set aside and forgets it; the next of its key is due then.
   * @returns whether another of its key waits
   * @throws as `advance`
   */
  abstract settleParked(seizure: Seizure, place: DueKey, work: Work): Promise<boolean>;

  /** Notes that an event that was set aside failed again. @param waitMs undefined: not before somebody says so */
  abstract failParked(seizure: Seizure, place: DueKey, failure: string, waitMs: number | undefined): Promise<void>;

  /** Has the first event of a key tried again. @returns false when none of the key is set aside */
  abstract releaseKey(projection: ProjectionKey, key: string): Promise<boolean>;

  /** What is set aside, the oldest first. @param most keys at the most */
  abstract parked(projection: ProjectionKey, most: number): Promise<readonly ParkedKey[]>;

  /** Why the event before `offset`, or an earlier one of its stream, is set aside, if it is. */
  abstract parkedBefore(
    projection: ProjectionKey,
    place: { readonly partition: number; readonly offset: number; readonly stream: string },
  ): Promise<{ readonly key: string; readonly failure: string } | undefined>;

  /** Has a projection stand still, in whatever process; its owner's next transaction fails. */
  abstract pause(projection: ProjectionKey, reason: string): Promise<void>;

  /** Lets a projection go on. */
  abstract resume(projection: ProjectionKey): Promise<void>;

  /**
   * Puts a projection's cursors somewhere else, in one transaction with `work`, and forgets what was set aside.
   * @param work empties or mends the read model
   */
  abstract putBack(projection: ProjectionKey, to: Checkpoint, work: Work): Promise<void>;

  /** For each partition the offset that a projection goes on from; empty before its first run. */
  abstract checkpointOf(projection: ProjectionKey): Promise<Checkpoint>;

  /** What is stored about a projection. */
  abstract describe(projection: ProjectionKey): Promise<StoredProjection>;

  /** The transactions that hold cursors of the projection just now, and who keeps them waiting. */
  abstract running(projection: ProjectionKey): Promise<readonly RunningTransaction[]>;

  /** The table of an entity, for rows that are folded. @param lockName names the projection, for locks on its rows */
  abstract rowTable(entity: EntityTarget<ObjectLiteral>, lockName: string): RowTable;

  /** The name of an entity's table, quoted, as `manager` writes to it. */
  abstract tableName(manager: EntityManager, entity: EntityTarget<ObjectLiteral>): string;

  /** Runs work whose messages and events go with the transaction of `manager`. */
  abstract join(manager: EntityManager, work: () => Promise<unknown>): Promise<void>;
}
