import type { Topic } from './topic.js';

/** Keeps the promise of `acks: 'all'` on an engine. */
export abstract class Replication {
  /** @throws NotEnoughReplicas (`BUS_NOT_ENOUGH_REPLICAS`) when fewer copies than the topic's `minInsyncReplicas` are kept up to date */
  abstract ensureEnough(topic: Topic): Promise<void>;

  /**
   * Waits until what has been appended so far is in so many copies.
   * @throws NotEnoughReplicasAfterAppend (`BUS_NOT_ENOUGH_REPLICAS_AFTER_APPEND`) after `timeoutMs`
   */
  abstract awaitEnough(topic: Topic, timeoutMs: number): Promise<void>;
}
