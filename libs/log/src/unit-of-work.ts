import type { Checkpoint } from './checkpoint.js';
import type { StreamAppend, StreamAppended } from './stream-append.js';

/** What a unit of work leaves behind once it is committed. */
export interface UnitResult<Result> {
  readonly result: Result;
  /** Past all that the unit appended; all 0 when it appended nothing. */
  readonly checkpoint: Checkpoint;
  readonly appended: readonly StreamAppended[];
}

/** What writes at the end of a unit beside the log, as a bus does. */
export interface Participant<Item> {
  /** Who has a lower one writes first. @default 0 */
  readonly rank?: number;
  /**
   * Writes what a unit has for it, once, in the unit's transaction; where it fails, the unit does.
   * @param connection that of the engine, with the transaction open; an `InMemoryTransaction` in memory
   */
  flush(connection: unknown, items: readonly Item[]): Promise<void>;
}

/** The appends that wait in the unit of the calling code for its one flush. */
export interface Enrolment {
  /**
   * Adds to what the flush will append.
   * @throws UnitOfWorkClosed (`STORE_UNIT_OF_WORK_CLOSED`) once the flush has begun
   */
  enrol(appends: readonly StreamAppend[]): void;
  /** All appends enrolled so far and not rolled back with a savepoint, oldest first. */
  readonly enrolled: readonly StreamAppend[];
  /**
   * Adds to what a participant will write at the end, unless the savepoint it is given in is rolled back.
   * @throws UnitOfWorkClosed (`STORE_UNIT_OF_WORK_CLOSED`) once the flush has begun
   */
  contribute<Item>(participant: Participant<Item>, item: Item): void;
  /**
   * Runs `work` when the application's work is done, before the flush: with all that the unit will append enrolled, in its
   * transaction. Nothing may be enrolled from there on. Where it throws, the unit fails.
   * @param key work given again under the same key is not run twice
   * @param work is given the engine's manager: TypeORM's `EntityManager`; undefined in memory
   */
  beforeFlush(key: object, work: (manager: unknown) => Promise<void>): void;
  /**
   * Calls `listener`, which must not throw, once the unit is committed, unless the savepoint it is given in is rolled back.
   * @param listener is told what the unit has appended
   */
  afterCommit(listener: (appended: readonly StreamAppended[]) => void): void;
}

/**
 * A transaction that the application's rows and its events share. Appends inside wait, go out in one flush, and are
 * followed by COMMIT at once, so that the log's locks are held as short as possible.
 */
export abstract class UnitOfWork<Manager = unknown> {
  /**
   * Opens a transaction, runs `work` in it, flushes and commits; rolls back when `work` throws.
   * @throws WrongExpectedRevision (`STORE_WRONG_EXPECTED_REVISION`), EventIdReused (`STORE_EVENT_ID_REUSED`): nothing is
   *   left behind, and the whole unit may be run again with fresh state
   */
  abstract run<Result>(work: (manager: Manager) => Promise<Result>): Promise<UnitResult<Result>>;

  /**
   * Adopts a transaction that someone else opened: appends inside `work` are flushed before *their* commit, which may
   * therefore reject with the errors named at `run`.
   */
  abstract join<Result>(manager: Manager, work: () => Promise<Result>): Promise<Result>;

  /**
   * The unit that the calling code runs in, if any.
   * @throws NotJoined (`STORE_NOT_JOINED`) inside a transaction of the application that no unit has joined: an append
   *   would commit elsewhere and survive its rollback
   */
  abstract current(): Enrolment | undefined;
}
