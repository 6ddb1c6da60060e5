import { streamOfKey } from '@annals/log';
import type { Log, LoggedRecord, WakesReaders } from '@annals/log';
import type { ProducedRecord } from './produced.js';
import type { Replication } from './replication.js';
import { resolveTopicConfig } from './topic.js';
import type { Topic, TopicConfig } from './topic.js';
import { TopicReadOnly } from './topic-read-only.js';
import type { Headers, StoredRecord } from './topic-record.js';
import { TopicStore } from './topic-store.js';
import type {
  AppendAttempt,
  AppendResult,
  FetchedPartition,
  PartitionFetch,
  PartitionRange,
  TopicAppend,
  TopicFilter,
} from './topic-store.js';

/** A log that can be shown as a topic. */
export type AttachableLog = Log & WakesReaders;

/**
 * Topics of an engine, and beside them logs that are written elsewhere, each shown as a read-only topic: records are read
 * where they lie, and filters are the log's own.
 */
export class AttachedTopics extends TopicStore {
  readonly #logs = new Map<number, AttachableLog>();

  constructor(private readonly own: TopicStore) {
    super();
  }

  override get replication(): Replication {
    return this.own.replication;
  }

  /** Shows a log as a topic. @throws TopicExists (`BUS_TOPIC_EXISTS`) when a topic of the bus's own has the name */
  async show(name: string, log: AttachableLog): Promise<Topic> {
    const topic = await this.own.attach(
      name,
      resolveTopicConfig(name, { partitions: log.partitions, retentionMs: -1 }),
    );
    this.#logs.set(topic.id, log);
    return topic;
  }

  override create(name: string, config: TopicConfig): Promise<Topic> {
    return this.own.create(name, config);
  }

  override attach(name: string, config: TopicConfig): Promise<Topic> {
    return this.own.attach(name, config);
  }

  override alter(topic: Topic, config: TopicConfig): Promise<Topic> {
    return this.own.alter(topic, config);
  }

  override delete(topic: Topic): Promise<void> {
    return this.own.delete(topic);
  }

  override find(name: string): Promise<Topic | undefined> {
    return this.own.find(name);
  }

  override list(): Promise<readonly Topic[]> {
    return this.own.list();
  }

  override async ranges(topic: Topic): Promise<readonly PartitionRange[]> {
    const log = this.#logOf(topic);
    if (log === undefined) return this.own.ranges(topic);
    return (await log.head()).map((end) => ({ start: 0, end }));
  }

  override async offsetsAt(topic: Topic, timestamp: Date): Promise<readonly (number | null)[]> {
    const log = this.#logOf(topic);
    return log === undefined ? this.own.offsetsAt(topic, timestamp) : offsetsOfTime(log, timestamp);
  }

  override nextSequence(): number {
    return this.own.nextSequence();
  }

  override append(
    topic: Topic,
    records: readonly TopicAppend[],
    attempt: AppendAttempt,
  ): Promise<readonly AppendResult[]> {
    return this.own.append(topic, records, attempt);
  }

  override appendWithin(
    connection: unknown,
    topic: Topic,
    records: readonly ProducedRecord['record'][],
  ): Promise<void> {
    return this.own.appendWithin(connection, topic, records);
  }

  override announce(topic: Topic, partitions: Iterable<number>): void {
    this.own.announce(topic, partitions);
  }

  override async fetch(
    topic: Topic,
    wanted: readonly PartitionFetch[],
    filter: TopicFilter,
  ): Promise<readonly FetchedPartition[]> {
    const log = this.#logOf(topic);
    if (log === undefined) return this.own.fetch(topic, wanted, filter);
    const read = await log.readPartitions(wanted, givenOf(filter));
    return read.map(({ partition, records, scannedTo }) => {
      return { partition, records: records.map((record) => new LoggedAsStored(record)), scannedTo, outOfRange: false };
    });
  }

  override maintain(): Promise<void> {
    return this.own.maintain();
  }

  override kindOf(error: unknown): 'statement' | 'locked' | 'connection-lost' {
    return this.own.kindOf(error);
  }

  override onRecords(topic: Topic, partition: number, wake: () => void): () => void {
    return this.#logOf(topic)?.onAppend(wake) ?? this.own.onRecords(topic, partition, wake);
  }

  /** @throws TopicReadOnly (`BUS_TOPIC_READ_ONLY`) for a log that this process does not show */
  #logOf(topic: Topic): AttachableLog | undefined {
    const log = this.#logs.get(topic.id);
    if (log === undefined && topic.readOnly) {
      throw new TopicReadOnly(topic.name, 'be read before its log is attached in this process: call bus.attach');
    }
    return log;
  }
}

/** A log's filter without conditions is none: then its plainest statement will do. */
function givenOf({ types, category, tenant }: TopicFilter) {
  if (types === undefined && category === undefined && tenant === undefined) return undefined;
  return {
    ...(types && { types }),
    ...(category !== undefined && { category }),
    ...(tenant !== undefined && { tenant }),
  };
}

/** A record of a log as a topic's: its stream is the key, and what else is known of it stands in headers. */
class LoggedAsStored implements StoredRecord {
  constructor(readonly logged: LoggedRecord) {}

  get partition(): number {
    return this.logged.partition;
  }

  get offset(): number {
    return this.logged.offset;
  }

  get timestamp(): number {
    return this.logged.recordedAt.getTime();
  }

  get key(): string {
    return streamOfKey(this.logged.stream).stream;
  }

  get value(): string {
    return this.logged.data;
  }

  get headers(): string {
    const { id, type, version, revision, correlationId, tenant } = this.logged;
    const headers: Headers = [
      ['id', id],
      ['type', type],
      ['version', String(version)],
      ['revision', String(revision)],
      ...(correlationId === null ? [] : [['correlation-id', correlationId] as const]),
      ...(tenant === null ? [] : [['tenant', tenant] as const]),
    ];
    return JSON.stringify(headers);
  }
}

/** Times of one partition never go back, so halving finds the first; all partitions take each step together. */
async function offsetsOfTime(log: AttachableLog, timestamp: Date): Promise<readonly (number | null)[]> {
  const ends = await log.head();
  const low = ends.map(() => 0);
  const high = [...ends];
  for (;;) {
    const open = [...low.keys()].filter((partition) => (low[partition] ?? 0) < (high[partition] ?? 0));
    if (open.length === 0) break;
    const middles = open.map((partition) => {
      return { partition, offset: Math.floor(((low[partition] ?? 0) + (high[partition] ?? 0)) / 2), limit: 1 };
    });
    for (const [index, { partition, records }] of (await log.readPartitions(middles)).entries()) {
      const middle = middles[index]?.offset ?? 0;
      const [record] = records;
      // A hole, where a stream was archived: what follows it decides.
      if (record === undefined || record.recordedAt.getTime() >= timestamp.getTime()) high[partition] = middle;
      else low[partition] = record.offset + 1;
    }
  }
  return low.map((offset, partition) => (offset < (ends[partition] ?? 0) ? offset : null));
}
