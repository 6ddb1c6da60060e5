import { BusEngine } from '../../bus-engine.js';
import { InMemoryGroupStore } from './in-memory-group-store.js';
import { InMemoryTopicStore } from './in-memory-topic-store.js';

/** A bus in the memory of one process, for tests of applications: all semantics, nothing on disk. */
export class InMemoryBusEngine extends BusEngine {
  override readonly capabilities = { durable: false, transactions: true, entityManager: false };
  override readonly topics: InMemoryTopicStore;
  override readonly groups: InMemoryGroupStore;

  /**
   * @param clock milliseconds since 1970, for timestamps
   * @param now milliseconds on a clock that never goes back, for sessions
   */
  constructor(clock?: () => number, now?: () => number) {
    super();
    this.topics = new InMemoryTopicStore(clock);
    this.groups = new InMemoryGroupStore(this.topics, now);
  }

  override async stop(): Promise<void> {
    // There is nothing to let go of.
  }
}
