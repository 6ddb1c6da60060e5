import type { ExpectedRevision } from '@annals/log';
import type { NewEvent } from './new-event.js';
import type { EventMetadata } from './recorded-event.js';

/** What goes with an append. */
export interface AppendOptions {
  /**
   * UUID v7 of the command these events answer. Ids of events that have none are derived from it, the stream, and their
   * place among what the command appends to the stream, so that the command executed a second time appends nothing and
   * gets the first result. Outside a unit of work each append counts from 0: there one command appends once to a stream.
   * Recorded as causation unless the metadata names another.
   */
  readonly commandId?: string;
  /**
   * Goes on every event of the call; an event's own metadata wins. Its tenant, or the surrounding one, says whose streams
   * are appended to: `order-1` of one tenant is another stream than `order-1` of the next.
   */
  readonly metadata?: EventMetadata;
}

/** One stream's part of an append to several. */
export interface StreamChange {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly NewEvent[];
}
