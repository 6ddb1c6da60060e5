import type { RecordData } from '@annals/log';

/** Whose snapshots: a stream may be folded by more than one model, and each model changes its shape over time. */
export interface SnapshotKind {
  /** The stable name of the state model. */
  readonly model: string;
  /** Of the state's shape. */
  readonly version: number;
}

/** What a stream's events up to a revision have led to. */
export interface Snapshot {
  readonly revision: number;
  /** JSON text. */
  readonly state: string;
}

/** Where to begin, and what comes after it. */
export interface Resumed {
  /** Undefined: begin with the first event. */
  readonly snapshot: Snapshot | undefined;
  /** What follows on the snapshot, in order; so many as were asked for when there is more. */
  readonly records: readonly RecordData[];
}

/**
 * Snapshots beside the log: one for each stream and kind, the newest. They save time and nothing else: any of them may
 * be missing, and is then made up for by replaying.
 */
export abstract class SnapshotStore {
  /** The snapshot and the events that follow on it, as they were at one moment, in one round trip. */
  abstract resume(stream: string, kind: SnapshotKind, limit: number): Promise<Resumed>;

  /** The snapshot alone. */
  abstract find(stream: string, kind: SnapshotKind): Promise<Snapshot | undefined>;

  /**
   * Keeps a snapshot unless there is a newer one of its kind, the stream does not have that revision, or something that
   * the snapshot must not outlive has happened to the stream since.
   */
  abstract save(stream: string, kind: SnapshotKind, snapshot: Snapshot): Promise<void>;

  /** Removes all snapshots of a stream. */
  abstract remove(stream: string): Promise<void>;
}
