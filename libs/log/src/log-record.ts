import type { Offset, Position, Revision } from './numbers.js';

/** A record as the log takes it: what it says is already text, checked by whoever made it. */
export interface LogRecord {
  /** UUID v7; a second append with the same ids in the same stream is answered with the first one's result. */
  readonly id: string;
  /** The stable name of what happened. */
  readonly type: string;
  /** The schema version of `data`, from 1. */
  readonly version: number;
  /** JSON text. */
  readonly data: string;
  /** JSON text of an object, or null. */
  readonly metadata: string | null;
  /** Ties together what one cause brought about; a column, since it is read by. */
  readonly correlationId: string | null;
  readonly tenant: string | null;
}

/** A record as the log gives it back. */
export interface LoggedRecord extends LogRecord {
  readonly stream: string;
  readonly revision: Revision;
  readonly partition: number;
  readonly offset: Offset;
  readonly position: Position;
  /** Taken from the database's clock under the partition's lock, so it never goes back inside a partition. */
  readonly recordedAt: Date;
}

/** What of a record a state is rebuilt from. */
export type RecordData = Pick<LoggedRecord, 'revision' | 'type' | 'version' | 'data'>;
