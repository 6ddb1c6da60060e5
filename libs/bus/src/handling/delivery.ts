import type { NewRecord, TopicRecord } from '../topics/topic-record.js';

/** What a handler is told beside the records, and what it may do. */
export interface Delivery {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  /** The term in which the partition is this member's: a fencing token for what is written elsewhere. */
  readonly generation: number;
  /** From 1: how often these records are tried by this member. */
  readonly attempt: number;
  /** Aborts when the partition is lost, or the subscription stops and does not want to wait any longer. */
  readonly signal: AbortSignal;
  /**
   * Moves the group's cursor past the record, or past all records, in hand, and waits for it to be on disk; for `commit: 'manual'`.
   * @throws StaleGeneration (`BUS_STALE_GENERATION`) when the partition is somebody else's by now
   */
  readonly commit: () => Promise<void>;
  /** TypeORM's `EntityManager` of the handler's transaction, with `effectively-once`; else undefined. */
  readonly manager: unknown;
  /**
   * Sends a record: with `effectively-once` at the end of the handler's transaction, and then this resolves at once; else now.
   * @throws as `Producer.send`
   */
  readonly publish: (topic: string, record: NewRecord) => Promise<void>;
}

/** Handles one record. Resolving means that it is done. */
export type RecordHandler = (record: TopicRecord, delivery: Delivery) => Promise<void> | void;

/** Handles records of one partition, in order. Resolving means that all are done. */
export type BatchHandler = (records: readonly TopicRecord[], delivery: Delivery) => Promise<void> | void;

/** A handler of either kind. */
export type Handler =
  | { readonly kind: 'single'; readonly handle: RecordHandler }
  | { readonly kind: 'batch'; readonly handle: BatchHandler };
