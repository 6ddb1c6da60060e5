import type { InMemoryTransaction } from '@annals/log';
import { SingleCopy } from './single-copy.js';
import { InMemorySegments } from './in-memory-segments.js';
import { InvalidTopic } from '../../topics/invalid-topic.js';
import { collidingName } from '../../topics/topic.js';
import type { Topic, TopicConfig } from '../../topics/topic.js';
import type { ProducedRecord } from '../../topics/produced.js';
import { TopicExists } from '../../topics/topic-exists.js';
import type { StoredRecord } from '../../topics/topic-record.js';
import { TopicStore } from '../../topics/topic-store.js';
import type {
  AppendResult,
  FetchedPartition,
  PartitionFetch,
  PartitionRange,
  TopicAppend,
} from '../../topics/topic-store.js';
import { UnknownTopic } from '../../topics/unknown-topic.js';

/** One topic with its records. */
interface Held {
  topic: Topic;
  readonly partitions: StoredRecord[][];
  readonly segments: InMemorySegments;
}

/** Topics in the memory of one process: gone when it ends. */
export class InMemoryTopicStore extends TopicStore {
  override readonly replication = new SingleCopy();
  readonly #topics = new Map<string, Held>();
  readonly #wakes = new Set<() => void>();
  #lastId = 0;
  #sequence = 0;

  /** @param now milliseconds since 1970 */
  constructor(readonly now: () => number = Date.now) {
    super();
  }

  override async create(name: string, config: TopicConfig): Promise<Topic> {
    if (this.#topics.has(name)) throw new TopicExists(name);
    const other = [...this.#topics.keys()].find((known) => collidingName(known) === collidingName(name));
    if (other !== undefined) throw new InvalidTopic(name, [`its name collides with that of "${other}"`]);
    return this.#add(name, config, false);
  }

  override async attach(name: string, config: TopicConfig): Promise<Topic> {
    const there = this.#topics.get(name)?.topic ?? this.#add(name, config, true);
    if (!there.readOnly) throw new TopicExists(name);
    return there;
  }

  override async alter(topic: Topic, config: TopicConfig): Promise<Topic> {
    const held = this.#held(topic);
    const more = config.partitions - held.partitions.length;
    held.partitions.push(...emptied(more));
    return (held.topic = { ...held.topic, config });
  }

  override async delete(topic: Topic): Promise<void> {
    this.#held(topic);
    this.#topics.delete(topic.name);
  }

  override async find(name: string): Promise<Topic | undefined> {
    return this.#topics.get(name)?.topic;
  }

  override async list(): Promise<readonly Topic[]> {
    return [...this.#topics.values()].map(({ topic }) => topic).sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  override async ranges(topic: Topic): Promise<readonly PartitionRange[]> {
    const { partitions, segments } = this.#held(topic);
    return partitions.map((_, index) => ({ start: segments.startOf(index), end: segments.endOf(index) }));
  }

  override async offsetsAt(topic: Topic, timestamp: Date): Promise<readonly (number | null)[]> {
    const since = timestamp.getTime();
    return this.#held(topic).partitions.map(
      (records) => records.find((record) => record.timestamp >= since)?.offset ?? null,
    );
  }

  override nextSequence(): number {
    return (this.#sequence += 1);
  }

  override async append(topic: Topic, records: readonly TopicAppend[]): Promise<readonly AppendResult[]> {
    return this.appendNow(topic, records);
  }

  override async appendWithin(
    transaction: unknown,
    topic: Topic,
    records: readonly ProducedRecord['record'][],
  ): Promise<void> {
    this.#held(topic);
    (transaction as InMemoryTransaction).atCommit(() => this.appendNow(topic, records));
  }

  override announce(): void {
    // Whoever reads is woken by the append.
  }

  /** As `append`, within the turn that calls it. */
  appendNow(topic: Topic, records: readonly Omit<TopicAppend, 'sequence' | 'since'>[]): readonly number[] {
    const { partitions, segments } = this.#held(topic);
    const offsets = records.map(({ partition, key, value, headers, timestamp }) => {
      const into = partitions[partition] as StoredRecord[];
      const offset = segments.endOf(partition);
      into.push({ partition, offset, timestamp: timestamp ?? this.now(), key, value, headers });
      return offset;
    });
    for (const wake of this.#wakes) wake();
    return offsets;
  }

  override async fetch(topic: Topic, wanted: readonly PartitionFetch[]): Promise<readonly FetchedPartition[]> {
    const { partitions, segments } = this.#held(topic);
    return wanted.map(({ partition, offset, limit }) => {
      const all = partitions[partition] ?? [];
      if (offset < segments.startOf(partition) || offset > segments.endOf(partition)) {
        return { partition, records: [], scannedTo: offset, outOfRange: true };
      }
      const from = all.findIndex((record) => record.offset >= offset);
      const records = from < 0 ? [] : all.slice(from, from + limit);
      return { partition, records, scannedTo: (records.at(-1)?.offset ?? offset - 1) + 1, outOfRange: false };
    });
  }

  override async maintain(): Promise<void> {
    for (const { topic, segments } of this.#topics.values()) segments.maintain(topic.config, this.now());
  }

  override kindOf(): 'statement' {
    return 'statement';
  }

  override onRecords(_topic: Topic, _partition: number, wake: () => void): () => void {
    const own = (): void => wake();
    this.#wakes.add(own);
    return () => void this.#wakes.delete(own);
  }

  #add(name: string, config: TopicConfig, readOnly: boolean): Topic {
    const topic = { id: (this.#lastId += 1), name, config, readOnly };
    const partitions = emptied(config.partitions);
    const segments = new InMemorySegments(partitions, config.partitions, this.now());
    this.#topics.set(name, { topic, partitions, segments });
    return topic;
  }

  #held(topic: Topic): Held {
    const held = this.#topics.get(topic.name);
    if (held?.topic.id !== topic.id) throw new UnknownTopic(topic.name);
    return held;
  }
}

const emptied = (count: number): StoredRecord[][] => Array.from({ length: Math.max(0, count) }, () => []);
