import type { Topic } from './topic.js';
import { TopicRecord } from './topic-record.js';
import type { PartitionFetch, TopicStore } from './topic-store.js';
import { WakeableNap } from './wakeable-nap.js';

const BATCH = 1_000;
const POLL_MS = 1_000;

/**
 * The newest value of each key of a compacted topic, in the memory of this process (Kafka Streams' GlobalKTable). It begins
 * with what is there and follows what comes; a tombstone takes its key away.
 */
export class TopicTable {
  readonly #values = new Map<string, TopicRecord>();
  readonly #positions: number[];
  readonly #running: Promise<void>;
  readonly #stopWaking: () => void;
  readonly #waiting = new Set<() => void>();
  #reached: readonly number[] = [];
  readonly #nap = new WakeableNap();
  #stopped = false;

  constructor(
    private readonly topic: Topic,
    private readonly store: TopicStore,
  ) {
    this.#positions = new Array<number>(topic.config.partitions).fill(0);
    const stops = this.#positions.map((_, partition) => store.onRecords(topic, partition, () => this.#nap.wake()));
    this.#stopWaking = () => {
      for (const stop of stops) stop();
    };
    this.#running = this.#run();
  }

  /** How many keys have a value. */
  get size(): number {
    return this.#values.size;
  }

  /** The newest value of a key; undefined when it has none. */
  get(key: string): unknown {
    return this.#values.get(key)?.value;
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  /** Keys and their newest values. */
  *entries(): IterableIterator<[key: string, value: unknown]> {
    for (const [key, record] of this.#values) yield [key, record.value];
  }

  /** Waits until all that was in the topic when this was called is in the table. */
  async caughtUp(): Promise<void> {
    const ends = (await this.store.ranges(this.topic)).map(({ end }) => end);
    this.#nap.wake();
    while (!this.#stopped && ends.some((end, partition) => (this.#reached[partition] ?? 0) < end)) {
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  /** Stops following. May be called twice. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopWaking();
    this.#nap.wake();
    this.#tell();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      this.#nap.listen();
      const moved = await this.#read().catch(() => false);
      if (!moved) await this.#nap.sleep(POLL_MS);
    }
  }

  async #read(): Promise<boolean> {
    // Before the read: what is beyond the last record, as where compaction took it, counts as read once nothing comes.
    const ranges = await this.store.ranges(this.topic);
    for (const [partition, { start }] of ranges.entries()) {
      this.#positions[partition] = Math.max(this.#positions[partition] ?? 0, start);
    }
    const wanted: PartitionFetch[] = this.#positions.map((offset, partition) => ({ partition, offset, limit: BATCH }));
    let moved = false;
    for (const { partition, records, scannedTo, outOfRange } of await this.store.fetch(this.topic, wanted, {})) {
      if (outOfRange) continue;
      for (const record of records) this.#take(new TopicRecord(this.topic.name, record));
      moved ||= records.length > 0;
      this.#positions[partition] = scannedTo;
    }
    this.#reached = moved
      ? [...this.#positions]
      : ranges.map(({ end }, partition) => Math.max(end, this.#positions[partition] ?? 0));
    this.#tell();
    return moved;
  }

  #take(record: TopicRecord): void {
    if (record.key === null) return;
    if (record.isTombstone) this.#values.delete(record.key);
    else this.#values.set(record.key, record);
  }

  #tell(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }
}
