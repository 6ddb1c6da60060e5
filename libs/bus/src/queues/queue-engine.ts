import type { TopologyStore } from '../routing/topology-store.js';
import type { ConsumerStore } from './consumer-store.js';
import type { DelayStore } from './delay-store.js';
import type { QueueStore } from './queue-store.js';
import type { ReplyStore } from './reply-store.js';

/** What exchanges and queues need of an engine. */
export interface QueueEngine {
  readonly topology: TopologyStore;
  readonly messages: QueueStore;
  readonly consumers: ConsumerStore;
  readonly delays: DelayStore;
  readonly replies: ReplyStore;
}
