import type { HandlerTransaction } from '../groups/group-store.js';
import type { Placement } from '../topics/placement.js';
import type { NewRecord } from '../topics/topic-record.js';

/**
 * Sends a record in a handler's transaction: it is there if that commits.
 * @throws as `Producer.send`, but for what only a producer meets
 */
export type TransactionalPublish = (transaction: HandlerTransaction, topic: string, record: NewRecord) => Promise<void>;

export const transactionalPublish =
  (placement: Placement): TransactionalPublish =>
  async (transaction, name, given) => {
    const { topic, record } = await placement.place(name, given);
    transaction.append(topic, record);
  };
