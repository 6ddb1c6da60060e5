import type { Checkpoint } from '@annals/log';
import type { EntityManager } from 'typeorm';
import type { ProjectionKey } from './projection.js';

/** The right to run a projection, until another takes over. */
export interface Ownership {
  readonly projection: ProjectionKey;
  /** Names this process's attempt. */
  readonly holder: string;
  /** Rises with each owner; every transaction of an owner carries it, so that a stale owner's fail. */
  readonly generation: number;
  /** How long it lasts without renewal, milliseconds; a transaction that idles longer is ended by the database. */
  readonly leaseMs: number;
}

/** What the database knows of a projection. */
export interface StoredProjection {
  /** For each partition the offset to go on from; empty before the first run. */
  readonly checkpoint: Checkpoint;
  /** What stands in a partition's way, since when; gone once the partition moves on. */
  readonly failure: StoredFailure | undefined;
}

/** A failure that lasts. */
export interface StoredFailure {
  readonly partition: number;
  readonly message: string;
  readonly since: Date;
}

/** One step of a projection. */
export interface Advance {
  readonly from: Checkpoint;
  readonly to: Checkpoint;
  /** Writes the read model; undefined when the step has no events of the projection. */
  readonly work: ((manager: EntityManager) => Promise<void>) | undefined;
}

/** Where projections keep their cursors and their owners. */
export abstract class ProjectionStorage {
  /**
   * Makes `holder` the owner if the projection has none, or a late one.
   * @param leaseMs how long that lasts without renewal, milliseconds
   * @returns undefined while another owns it
   */
  abstract acquire(projection: ProjectionKey, holder: string, leaseMs: number): Promise<Ownership | undefined>;

  /** Prolongs an ownership from now on. @returns false when it has run out or been taken over */
  abstract renew(ownership: Ownership): Promise<boolean>;

  /** Gives an ownership up, so that the next owner need not wait for its end. Harmless when it has ended. */
  abstract release(ownership: Ownership): Promise<void>;

  /**
   * Fences all earlier owners off: their open transactions are waited for, later ones fail. Creates missing cursors at 0.
   * @returns where to go on
   * @throws ProjectionSuperseded (`CQRS_PROJECTION_SUPERSEDED`) when a later owner has done the same
   */
  abstract seize(ownership: Ownership, partitions: number): Promise<Checkpoint>;

  /**
   * One transaction: locks the cursors of the partitions that move, checks owner and offsets, does the work, moves them.
   * @throws ProjectionSuperseded (`CQRS_PROJECTION_SUPERSEDED`), ProjectionCursorMoved (`CQRS_PROJECTION_CURSOR_MOVED`),
   *   what `work` throws, and the database's errors; nothing is written then, unless the answer to COMMIT was lost
   */
  abstract advance(ownership: Ownership, step: Advance): Promise<void>;

  /** Whether `error` says that the database could not be reached, so that nothing is wrong with what was asked of it. */
  abstract isUnavailable(error: unknown): boolean;

  /** Notes what stands in the way of a partition, for everybody to see. Ignored from a stale owner. */
  abstract fail(ownership: Ownership, partition: number, message: string): Promise<void>;

  /** What is stored about a projection. */
  abstract describe(projection: ProjectionKey): Promise<StoredProjection>;
}
