import type { Topic, TopicConfig } from './topic.js';
import type { EncodedRecord } from './encode-record.js';
import type { Replication } from './replication.js';
import type { StoredRecord } from './topic-record.js';

/** When a send is answered (Kafka's acks): at once, once the database has it on disk, or once enough standbys have it too. */
export type Acks = 0 | 1 | 'all';

/** The records that one partition holds just now. */
export interface PartitionRange {
  /** The first offset that can be read: what was before is gone by retention. */
  readonly start: number;
  /** Past the last record. */
  readonly end: number;
}

/** What one partition of a topic is to give. */
export interface PartitionFetch {
  readonly partition: number;
  /** The offset to go on from. */
  readonly offset: number;
  /** Records at the most. */
  readonly limit: number;
}

/** Which records of an attached log are wanted; all given conditions must hold. */
export interface TopicFilter {
  readonly types?: readonly string[] | undefined;
  readonly category?: string | undefined;
  readonly tenant?: string | undefined;
}

/** What one partition gave. */
export interface FetchedPartition {
  readonly partition: number;
  readonly records: readonly StoredRecord[];
  /** The offset to go on from: past what was read or filtered out. */
  readonly scannedTo: number;
  /** True when the offset asked for is not there any more, or not yet: nothing was read, and `scannedTo` is as given. */
  readonly outOfRange: boolean;
}

/** A record for one partition. */
export interface TopicAppend extends EncodedRecord {
  readonly partition: number;
  /** Of `nextSequence`: by it a repeated record is found. */
  readonly sequence: number;
  /** The engine's note of an offset of its partition below which the record cannot lie; -1 before the first attempt. */
  since: number;
}

/** How records are to be appended. */
export interface AppendAttempt {
  /** Some of the records may have been appended in an earlier attempt. */
  readonly repeat: boolean;
  /** Answer 'locked' for what would have to wait for another writer. */
  readonly skipLocked: boolean;
  readonly acks: Acks;
}

/** Where a record lies now; 'locked' when another holds its partition, with `skipLocked` only. */
export type AppendResult = number | 'locked';

/** A topic as an operator sees it. */
export interface TopicDescription extends Topic {
  readonly partitions: readonly PartitionRange[];
}

/** Where topics and their records are kept. */
export abstract class TopicStore {
  /** Keeps the promise of `acks: 'all'`. */
  abstract readonly replication: Replication;

  /** @throws TopicExists (`BUS_TOPIC_EXISTS`), InvalidTopic (`BUS_INVALID_TOPIC`) when its name collides with another's */
  abstract create(name: string, config: TopicConfig): Promise<Topic>;

  /**
   * The topic that stands for a log which is written elsewhere, made where it is not there.
   * @throws TopicExists (`BUS_TOPIC_EXISTS`) when a topic of the bus's own has the name
   */
  abstract attach(name: string, config: TopicConfig): Promise<Topic>;

  /** Brings a topic to another configuration. @throws UnknownTopic (`BUS_UNKNOWN_TOPIC`) */
  abstract alter(topic: Topic, config: TopicConfig): Promise<Topic>;

  /** Removes a topic, its records and all groups' offsets in it. @throws UnknownTopic (`BUS_UNKNOWN_TOPIC`) */
  abstract delete(topic: Topic): Promise<void>;

  abstract find(name: string): Promise<Topic | undefined>;

  /** All topics, by name. */
  abstract list(): Promise<readonly Topic[]>;

  /** What each partition holds. @throws UnknownTopic (`BUS_UNKNOWN_TOPIC`) */
  abstract ranges(topic: Topic): Promise<readonly PartitionRange[]>;

  /** In each partition the offset of the first record of that time or later; null where there is none. */
  abstract offsetsAt(topic: Topic, timestamp: Date): Promise<readonly (number | null)[]>;

  /** A number that no other record of this store's process has. */
  abstract nextSequence(): number;

  /**
   * Appends records, in this order within each partition.
   * @returns one result for each record
   * @throws UnknownTopic (`BUS_UNKNOWN_TOPIC`)
   */
  abstract append(
    topic: Topic,
    records: readonly TopicAppend[],
    attempt: AppendAttempt,
  ): Promise<readonly AppendResult[]>;

  /**
   * Appends in a transaction of the caller's; `announce` once it is committed.
   * @param connection the engine's, with the transaction open; undefined in memory
   * @throws UnknownTopic (`BUS_UNKNOWN_TOPIC`)
   */
  abstract appendWithin(
    connection: unknown,
    topic: Topic,
    records: readonly (EncodedRecord & { readonly partition: number })[],
  ): Promise<void>;

  /** Wakes those who read some partitions of a topic. */
  abstract announce(topic: Topic, partitions: Iterable<number>): void;

  /** Reads on in some partitions. @throws UnknownTopic (`BUS_UNKNOWN_TOPIC`) */
  abstract fetch(
    topic: Topic,
    wanted: readonly PartitionFetch[],
    filter: TopicFilter,
  ): Promise<readonly FetchedPartition[]>;

  /**
   * Closes segments that are due, removes those that may go, and compacts, once; whoever reads goes on meanwhile. Does nothing
   * while another process is at it.
   */
  abstract maintain(): Promise<void>;

  /** What an error of `append` means for those that wait for it. */
  abstract kindOf(error: unknown): 'statement' | 'locked' | 'connection-lost';

  /**
   * Calls `wake` soon after records were appended to a partition, by whichever process: whoever has others sleeps on. A hint:
   * readers poll as well. Returns how to stop.
   */
  abstract onRecords(topic: Topic, partition: number, wake: () => void): () => void;
}
