import type { UnitOfWork } from '@annals/log';
import { BusEngine } from '../../bus-engine.js';
import { UnitPublications } from '../../topics/unit-publications.js';
import type { QueueEngine } from '../../queues/queue-engine.js';
import { InMemoryGroupStore } from './in-memory-group-store.js';
import { inMemoryQueueEngine } from './in-memory-queue-engine.js';
import { InMemoryTopicStore } from './in-memory-topic-store.js';

/** A bus in the memory of one process, for tests of applications: all semantics, nothing on disk. */
export class InMemoryBusEngine extends BusEngine {
  override readonly capabilities = { durable: false, transactions: true, entityManager: false };
  override readonly topics: InMemoryTopicStore;
  override readonly groups: InMemoryGroupStore;
  override readonly queues: QueueEngine;
  override readonly publications: UnitPublications;
  override readonly unitOfWork: UnitOfWork | undefined;

  /**
   * @param clock milliseconds since 1970, for timestamps
   * @param now milliseconds on a clock that never goes back, for sessions
   * @param unitOfWork the application's, on a log in memory: what handlers of `effectively-once` append is part of their transaction
   */
  constructor(clock?: () => number, now?: () => number, unitOfWork?: UnitOfWork) {
    super();
    this.unitOfWork = unitOfWork;
    this.topics = new InMemoryTopicStore(clock);
    this.queues = inMemoryQueueEngine(clock ?? Date.now);
    this.publications = new UnitPublications(this.topics);
    this.groups = new InMemoryGroupStore(
      this.topics,
      now,
      unitOfWork && { unitOfWork, publications: this.publications },
    );
  }

  override async stop(): Promise<void> {
    // There is nothing to let go of.
  }
}
