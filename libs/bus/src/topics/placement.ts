import { encodeRecord } from './encode-record.js';
import { stickyPartitioner } from './partitioner.js';
import type { ProducedRecord } from './produced.js';
import type { TopicDirectory } from './topic-directory.js';
import { TopicReadOnly } from './topic-read-only.js';
import type { NewRecord } from './topic-record.js';

const BATCH_BYTES = 1024 * 1024;

/** Checks records that are sent in transactions, and says where they go. */
export class Placement {
  readonly #partitioner;

  /** @param random a number from 0 up to 1, for records without a key */
  constructor(
    private readonly topics: TopicDirectory,
    random: () => number,
  ) {
    this.#partitioner = stickyPartitioner(BATCH_BYTES, random);
  }

  /** @throws as `Producer.send`, but for what only a producer meets */
  async place(name: string, record: NewRecord): Promise<ProducedRecord> {
    const topic = this.topics.known(name) ?? (await this.topics.get(name));
    if (topic.readOnly) throw new TopicReadOnly(name, 'take records');
    const encoded = encodeRecord(topic, record);
    const { partitions } = topic.config;
    const partition = record.partition ?? this.#partitioner.choose(encoded.key, partitions, encoded.bytes);
    return { topic, record: { ...encoded, partition } };
  }
}
