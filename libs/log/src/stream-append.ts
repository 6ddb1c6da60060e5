import type { LogRecord } from './log-record.js';
import type { Offset, Position, Revision } from './numbers.js';

/** The state a stream must be in: an exact revision, no stream yet, at least one event, or whatever it is. */
export type ExpectedRevision = number | 'any' | 'no-stream' | 'stream-exists';

/** Records for one stream. None at all is allowed: then only the expectation is checked. */
export interface StreamAppend {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly records: readonly LogRecord[];
}

/** Where the records of one StreamAppend ended up. */
export interface StreamAppended {
  readonly stream: string;
  readonly partition: number;
  /** Of the stream after the append; 0 when nothing was appended to no stream. */
  readonly revision: Revision;
  /** The offset after the last record: what a reader that has seen them all would go on from. 0 when nothing was appended. */
  readonly nextOffset: Offset;
  /** Of the last record; 0 when nothing was appended. */
  readonly position: Position;
}

/**
 * What became of a group of appends: all of them or none. An expected outcome is data: one group's conflict never fails
 * another that shares its batch.
 */
export type AppendOutcome =
  | { readonly outcome: 'appended'; readonly appended: readonly StreamAppended[] }
  | {
      readonly outcome: 'conflict';
      readonly stream: string;
      readonly expected: ExpectedRevision;
      readonly actual: Revision;
    }
  | { readonly outcome: 'id-reused'; readonly stream: string };
