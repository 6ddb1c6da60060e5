import type { Offset, Position, Revision } from '@annals/log';

/** What is known about an event beside what it says. Values are plain JSON. */
export interface EventMetadata {
  /** Ties together all that one request brought about. */
  readonly correlationId?: string;
  /** The id of the command or event that brought this one about. */
  readonly causationId?: string;
  readonly tenant?: string;
  readonly [key: string]: unknown;
}

/** An event of a stream, read back. Inside a unit of work it may not be committed yet; then it has no place in the log. */
export interface StreamEvent<Data = unknown> {
  /** UUID v7. */
  readonly id: string;
  readonly stream: string;
  /** 1-based place in the stream. */
  readonly revision: Revision;
  /** The stable name given to `@DomainEvent`, or the `type` that was appended. */
  readonly type: string;
  /** The schema version of the type, from 1. */
  readonly version: number;
  /** An instance of the class registered for `type`; a plain object when none is. */
  readonly data: Data;
  readonly metadata: EventMetadata;
  readonly partition?: number;
  readonly offset?: Offset;
  readonly position?: Position;
  readonly recordedAt?: Date;
}

/** A committed event, with its place in the log. */
export interface RecordedEvent<Data = unknown> extends StreamEvent<Data> {
  readonly partition: number;
  readonly offset: Offset;
  readonly position: Position;
  /** By the database's clock. */
  readonly recordedAt: Date;
}

/** What of an event a state is rebuilt from. */
export type ReplayedEvent<Data = unknown> = Pick<StreamEvent<Data>, 'revision' | 'type' | 'version' | 'data'>;
