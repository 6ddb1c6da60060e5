import type { Checkpoint, Position, Revision } from '@annals/log';

/** A committed append. */
export interface Appended {
  readonly pending: false;
  /** Of the stream after the append. */
  readonly revision: Revision;
  /** Of the last event; 0 when nothing was appended. */
  readonly position: Position;
  /** What a reader must have done to have seen these events. */
  readonly checkpoint: Checkpoint;
}

/** An append enrolled in the surrounding unit of work, whose commit decides. */
export interface PendingAppend {
  readonly pending: true;
}

export type AppendResult = Appended | PendingAppend;
