import type { Queue, QueueConfig, QueueState } from '../queues/queue.js';
import type { Binding, Destination } from './binding.js';
import type { Exchange } from './exchange.js';
import type { TopologyChange } from './topology.js';

/** Exchanges, bindings and queues within one change of them, which nobody else makes at the same time. */
export interface TopologyRows {
  findExchange(name: string): Promise<Exchange | undefined>;
  findQueue(name: string): Promise<Queue | undefined>;
  bindingsFrom(exchange: string): Promise<readonly Binding[]>;
  bindingsTo(destination: Destination): Promise<readonly Binding[]>;
  addExchange(exchange: Exchange): Promise<void>;
  /** With all bindings from it and to it. */
  removeExchange(name: string): Promise<void>;
  /** @param owner the session an exclusive queue goes with */
  addQueue(name: string, config: QueueConfig, owner: string | null): Promise<Queue>;
  /** With its messages and all bindings to it. */
  removeQueue(queue: Queue): Promise<void>;
  addBinding(binding: Binding): Promise<void>;
  removeBinding(binding: Binding): Promise<void>;
  /** Says that the queue is in use. */
  touchQueue(queue: Queue): Promise<void>;
  stateOf(queue: Queue): Promise<QueueState>;
  /** Whether it is to go: its owner is over, or its last consumer, or nobody has used it for too long. */
  isUnused(queue: Queue): Promise<boolean>;
}

/** Where exchanges, bindings and queues are kept. */
export abstract class TopologyStore {
  /** What has changed since a version; undefined when nothing has. */
  abstract readTopology(since: number): Promise<TopologyChange | undefined>;

  /** Makes a change, all of it or nothing. @returns what `change` returns */
  abstract changeTopology<Result>(change: (rows: TopologyRows) => Promise<Result>): Promise<Result>;

  /** Calls `wake` soon after a change. A hint. Returns how to stop. */
  abstract onTopology(wake: () => void): () => void;
}
