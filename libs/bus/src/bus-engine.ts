import type { UnitOfWork } from '@annals/log';
import type { GroupStore } from './groups/group-store.js';
import type { QueueEngine } from './queues/queue-engine.js';
import type { TopicStore } from './topics/topic-store.js';
import type { UnitPublications } from './topics/unit-publications.js';

/** What an engine can do; whatever asks for more is refused when it is set up, not at the first record. */
export interface BusCapabilities {
  /** Topics outlive the process, and other processes see them. */
  readonly durable: boolean;
  /** A handler's rows, the records it produces and its cursor can be one transaction (`effectively-once`). */
  readonly transactions: boolean;
  /** Handlers get an `EntityManager` of that transaction. */
  readonly entityManager: boolean;
}

/** Where a bus keeps its topics and groups, exchanges and queues. */
export abstract class BusEngine {
  abstract readonly capabilities: BusCapabilities;
  abstract readonly topics: TopicStore;
  abstract readonly groups: GroupStore;
  abstract readonly queues: QueueEngine;
  /** What is sent in units of work. */
  abstract readonly publications: UnitPublications;
  /** The application's units of work, which hold events, rows and records together; undefined where it has none. */
  abstract readonly unitOfWork: UnitOfWork | undefined;

  /** Lets connections and timers go. May be called twice. */
  abstract stop(): Promise<void>;
}
