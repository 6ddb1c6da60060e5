import type { QueueEngine } from '../../queues/queue-engine.js';
import { InMemoryConsumerStore } from './in-memory-consumer-store.js';
import { InMemoryDelayStore } from './in-memory-delay-store.js';
import { InMemoryQueueState } from './in-memory-queue-state.js';
import { InMemoryQueueStore } from './in-memory-queue-store.js';
import { InMemoryReplyStore } from './in-memory-reply-store.js';
import { InMemoryTopologyStore } from './in-memory-topology-store.js';

/** Exchanges and queues in the memory of one process. @param now milliseconds since 1970 */
export function inMemoryQueueEngine(now: () => number): QueueEngine {
  const state = new InMemoryQueueState(now);
  const delays: InMemoryDelayStore = new InMemoryDelayStore(now, () => messages);
  const messages: InMemoryQueueStore = new InMemoryQueueStore(state, () => delays.isDue);
  return {
    topology: new InMemoryTopologyStore(state),
    messages,
    consumers: new InMemoryConsumerStore(state),
    delays,
    replies: new InMemoryReplyStore(),
  };
}
