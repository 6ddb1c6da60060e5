import type { Checkpoint } from './checkpoint.js';
import type { CloseOutcome, Closing, RestoreOutcome } from './closing.js';
import type { LoggedRecord, LogRecord, RecordData } from './log-record.js';
import type { AppendOutcome, StreamAppend } from './stream-append.js';

/** Which records a reader wants. All given conditions must hold. What is filtered out still moves the checkpoint. */
export interface RecordFilter {
  /** Only these types. */
  readonly types?: readonly string[];
  /** Only streams of this category: what stands before the first hyphen of the stream's name. */
  readonly category?: string;
  readonly correlationId?: string;
  readonly tenant?: string;
}

/** A range of one stream, both ends inclusive. */
export interface RevisionRange {
  /** @default 1 */
  readonly from?: number;
  /** @default the last */
  readonly to?: number;
}

/** How a log is read across its partitions. */
export interface ReadOptions {
  /** Records per batch at the most. */
  readonly limit: number;
  readonly filter?: RecordFilter;
}

/** Records of several partitions in causal order (DESIGN L4): no effect comes before its cause. */
export interface LogBatch {
  readonly records: readonly LoggedRecord[];
  /** Where to go on: past everything read or filtered out. */
  readonly checkpoint: Checkpoint;
  /** True when the log had nothing more for this reader at the time of the read. */
  readonly caughtUp: boolean;
}

/** What one partition is to give. */
export interface PartitionToRead {
  readonly partition: number;
  /** The offset to go on from. */
  readonly offset: number;
  /** Records at the most, 1 at least. */
  readonly limit: number;
}

/** What one partition gave. */
export interface PartitionRecords {
  readonly partition: number;
  /** In the order of their offsets. */
  readonly records: readonly LoggedRecord[];
  /** The offset to go on from: past everything read or filtered out. */
  readonly scannedTo: number;
}

/**
 * P append-only partitions of records that belong to streams; a stream lies in one partition, by murmur2 of its name.
 * L1 offsets of a partition are gapless · L2 they become visible in order · L3 one stream, one partition ·
 * L4 reads of several partitions keep cause before effect.
 */
export abstract class Log {
  /** Fixed when the log is created. */
  abstract readonly partitions: number;

  /**
   * Appends all of `appends` or none, in this order; the second append to a stream chains on the first.
   * Concurrent calls of one process share a transaction. Safe to repeat with the same ids after any failure.
   * @throws LogUnavailable (`LOG_UNAVAILABLE`, retryable) when the outcome could not be learnt in time
   */
  abstract append(appends: readonly StreamAppend[]): Promise<AppendOutcome>;

  /** The records of one stream in order of revision, `limit` at the most. */
  abstract readStream(
    stream: string,
    range: RevisionRange,
    limit: number,
    direction: 'forwards' | 'backwards',
  ): Promise<readonly LoggedRecord[]>;

  /** As `readStream`, forwards, with only what rebuilding a state takes: half the work of a whole record. */
  abstract readData(stream: string, range: RevisionRange, limit: number): Promise<readonly RecordData[]>;

  /** The records of an archived stream; none of any other. */
  abstract readArchived(
    stream: string,
    range: RevisionRange,
    limit: number,
    direction: 'forwards' | 'backwards',
  ): Promise<readonly LoggedRecord[]>;

  /**
   * Closes a stream: puts `marker` at the end of its partition, at revision CLOSED, and takes all its other records out of
   * every read; archived ones are kept apart, tombstoned ones are gone. Appends to it end in a conflict with CLOSED.
   * A stream that is archived can still be tombstoned. Other appends to the partition wait for the short end of it only.
   * @param marker its type says which
   */
  abstract closeStream(stream: string, marker: LogRecord & { readonly type: Closing }): Promise<CloseOutcome>;

  /** Puts the records of an archived stream back as they were, and takes its marker away. Its offset is not given again. */
  abstract restoreStream(stream: string): Promise<RestoreOutcome>;

  /** The next records after `from`, merged over the partitions. */
  abstract readForwards(from: Checkpoint, options: ReadOptions): Promise<LogBatch>;

  /**
   * Reads on in some partitions, each by itself: what members of a group share has no order across partitions.
   * @returns one for each that is wanted, in one snapshot
   */
  abstract readPartitions(
    wanted: readonly PartitionToRead[],
    filter?: RecordFilter,
  ): Promise<readonly PartitionRecords[]>;

  /** The records before `from`, newest first, merged over the partitions; the batch's checkpoint goes on further back. */
  abstract readBackwards(from: Checkpoint, options: ReadOptions): Promise<LogBatch>;

  /** Past the last visible record of each partition. */
  abstract head(): Promise<Checkpoint>;

  /**
   * Names this log in this database of this server: a restored copy has another. Checkpoint tokens carry it.
   */
  abstract incarnation(): Promise<string>;

  /** Ends connections and timers; waits for appends in flight. May be called twice. */
  abstract stop(): Promise<void>;
}
