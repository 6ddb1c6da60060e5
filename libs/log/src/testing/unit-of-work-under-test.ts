import type { Log } from '../log.js';
import type { StreamAppend } from '../stream-append.js';
import type { UnitOfWork } from '../unit-of-work.js';

/** Rows of the application beside the log, in a table with one unique column. */
export interface ApplicationRows<Manager> {
  /** Writes a row; rejects when there is one of that name. */
  insert(manager: Manager, name: string): Promise<void>;
  /** Whether a committed row of that name is there. */
  exists(name: string): Promise<boolean>;
  /** Opens a transaction as the application would, without a unit of work. */
  transaction<Result>(work: (manager: Manager) => Promise<Result>): Promise<Result>;
  /** Opens a savepoint as the application would, without a unit of work. */
  savepoint<Result>(manager: Manager, work: (manager: Manager) => Promise<Result>): Promise<Result>;
}

/** A unit of work that a contract suite has opened, and the log it appends to. */
export interface OpenUnitOfWork<Manager> {
  readonly log: Log;
  readonly unitOfWork: UnitOfWork<Manager>;
  /** The application's rows, when units share a transaction with some. */
  readonly rows?: ApplicationRows<Manager>;
  /** Stops all and removes what it left. */
  stop(): Promise<void>;
}

/** Enrols in the unit that the calling code runs in, which must be one. */
export function enrol(unitOfWork: UnitOfWork, ...appends: readonly StreamAppend[]): void {
  const unit = unitOfWork.current();
  if (unit === undefined) throw new Error('the test runs in no unit of work');
  unit.enrol(appends);
}
