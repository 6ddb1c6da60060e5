import type { Checkpoint } from '@annals/log';
import type { EntityManager, EntityTarget, ObjectLiteral } from 'typeorm';
import type { ProjectionDefinition } from './projection-definition.js';
import type { ProjectionStorage } from './projection-storage.js';
import type { ProjectionKey } from './projection.js';

/**
 *   filling ──caught up──► switched ──► switched-back
 *      ├──compared unequal──► unequal
 *      ├──an event cannot be handled──► failed
 *      └──told to──► cancelled
 */
export type RebuildState = 'filling' | 'switched' | 'unequal' | 'failed' | 'cancelled' | 'switched-back';

/**
 * What must hold before the rebuilt tables take the place of those there are: `equal`: they have the same rows; `own`: what
 * the projection's `compareRebuild` says.
 */
export type RebuildComparison = 'none' | 'equal' | 'own';

/** What is stored about a rebuild. */
export interface StoredRebuild {
  readonly name: string;
  readonly version: number;
  /** The version whose tables it takes the place of. */
  readonly replaces: number;
  readonly state: RebuildState;
  readonly compare: RebuildComparison;
  /** What it ended with, where that needs words. */
  readonly detail: string | undefined;
  readonly beganAt: Date;
  readonly endedAt: Date | undefined;
  /** Milliseconds it has taken so far, or took. */
  readonly elapsedMs: number;
}

/** The two sides of a comparison, as they are at the same checkpoint. */
export interface RebuildSides {
  readonly manager: EntityManager;
  /** The name of an entity's table there is, quoted. */
  readonly live: (entity: EntityTarget<ObjectLiteral>) => string;
  /** The name of the table that was filled, quoted. */
  readonly rebuilt: (entity: EntityTarget<ObjectLiteral>) => string;
}

/** What a projection implements whose rebuilds are compared in its own way. */
export interface ComparesRebuild {
  /** @returns why the rebuilt tables must not take the place of those there are; undefined: they may */
  compareRebuild(sides: RebuildSides): Promise<string | undefined>;
}

/** What became of an attempt to switch. */
export type Finish =
  /** It is over, here or in another process. */
  | 'ended'
  /** What is to be compared is not as far as what was filled: once it is, try again. */
  | 'wait'
  /** More has happened meanwhile than should be handled while readers wait. */
  | 'fill-on';

/** Applies the events between two checkpoints. */
export type CatchUp = (from: Checkpoint, to: Checkpoint, manager: EntityManager) => Promise<void>;

/** Tables that are filled beside those there are. */
export interface Beside {
  /** Under which the filling keeps its cursors. */
  readonly key: ProjectionKey;
  /** Writes to the tables that are filled. */
  readonly storage: ProjectionStorage;
  /**
   * One transaction: nobody moves the projection, the tables are brought to where it is, compared, and take the place of
   * those there are, which are kept for `switchBack`.
   * @param catchUp applies what has happened since to the tables that are filled
   * @param head past the last event of each partition
   */
  finish(catchUp: CatchUp, head: () => Promise<Checkpoint>): Promise<Finish>;
  close(): Promise<void>;
}

/** Where rebuilds are kept, and the tables they fill. */
export abstract class RebuildStorage {
  /**
   * Makes empty tables beside those of the projection. A rebuild is under way from here on, whatever happens to its process.
   * @param replaces the version whose tables there are
   * @returns false when one is under way
   * @throws RebuildRefused (`CQRS_REBUILD_REFUSED`) when its tables have what cannot be moved
   */
  abstract begin(definition: ProjectionDefinition, replaces: number, compare: RebuildComparison): Promise<boolean>;

  /** The rebuilds of some projections: those under way, and the last one of each. */
  abstract list(names: readonly string[]): Promise<readonly StoredRebuild[]>;

  /** The version whose place a version that never ran takes; undefined where it has run, or is the first. */
  abstract predecessorOf(projection: ProjectionKey): Promise<number | undefined>;

  /** Opens the tables of a rebuild under way. */
  abstract open(definition: ProjectionDefinition, rebuild: StoredRebuild): Promise<Beside>;

  /** Ends a rebuild under way without a switch. */
  abstract end(name: string, state: 'failed' | 'cancelled', detail: string): Promise<void>;

  /** Puts the tables back that the last rebuild took the place of. @throws RebuildRefused (`CQRS_REBUILD_REFUSED`) when there are none */
  abstract switchBack(definition: ProjectionDefinition): Promise<void>;
}
