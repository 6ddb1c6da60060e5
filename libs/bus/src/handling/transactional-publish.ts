import type { HandlerTransaction } from '../groups/group-store.js';
import { encodeRecord } from '../topics/encode-record.js';
import { stickyPartitioner } from '../topics/partitioner.js';
import type { TopicDirectory } from '../topics/topic-directory.js';
import { TopicReadOnly } from '../topics/topic-read-only.js';
import type { NewRecord } from '../topics/topic-record.js';

/**
 * Sends a record in a handler's transaction: it is there if that commits.
 * @throws as `Producer.send`, but for what only a producer meets
 */
export type TransactionalPublish = (transaction: HandlerTransaction, topic: string, record: NewRecord) => Promise<void>;

const BATCH_BYTES = 1024 * 1024;

/** @param random a number from 0 up to 1, for records without a key */
export function transactionalPublish(topics: TopicDirectory, random: () => number): TransactionalPublish {
  const partitioner = stickyPartitioner(BATCH_BYTES, random);
  return async (transaction, name, record) => {
    const topic = topics.known(name) ?? (await topics.get(name));
    if (topic.readOnly) throw new TopicReadOnly(name, 'take records');
    const encoded = encodeRecord(topic, record);
    const partition = record.partition ?? partitioner.choose(encoded.key, topic.config.partitions, encoded.bytes);
    transaction.append(topic, { ...encoded, partition });
  };
}
