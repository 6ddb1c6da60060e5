import { isDeepStrictEqual } from 'node:util';
import type { Binding, Destination } from '../../routing/binding.js';
import type { Exchange } from '../../routing/exchange.js';
import type { TopologyChange } from '../../routing/topology.js';
import { TopologyStore } from '../../routing/topology-store.js';
import type { TopologyRows } from '../../routing/topology-store.js';
import type { Queue, QueueConfig, QueueState } from '../../queues/queue.js';
import type { HeldQueue, InMemoryQueueState } from './in-memory-queue-state.js';

/** Exchanges, bindings and queues in memory. */
export class InMemoryTopologyStore extends TopologyStore {
  readonly #wakes = new Set<() => void>();
  #changing: Promise<unknown> = Promise.resolve();

  constructor(private readonly state: InMemoryQueueState) {
    super();
  }

  override async readTopology(since: number): Promise<TopologyChange | undefined> {
    const { version, exchanges, bindings, queues } = this.state;
    if (version === since) return undefined;
    return {
      version,
      exchanges: [...exchanges.values()].map((exchange) => ({ exchange, version })),
      bindings,
      queues: [...queues.values()].map(({ queue }) => queue),
    };
  }

  override async changeTopology<Result>(change: (rows: TopologyRows) => Promise<Result>): Promise<Result> {
    // One after the other; a change that fails has changed nothing, since whoever makes it looks before it leaps.
    const changed = this.#changing.then(async () => {
      const { version } = this.state;
      const result = await change(new InMemoryTopologyRows(this.state));
      if (this.state.version !== version) for (const wake of this.#wakes) wake();
      return result;
    });
    this.#changing = changed.catch(() => undefined);
    return changed;
  }

  override onTopology(wake: () => void): () => void {
    const own = (): void => wake();
    this.#wakes.add(own);
    return () => void this.#wakes.delete(own);
  }
}

class InMemoryTopologyRows implements TopologyRows {
  constructor(private readonly state: InMemoryQueueState) {}

  async findExchange(name: string): Promise<Exchange | undefined> {
    return this.state.exchanges.get(name);
  }

  async findQueue(name: string): Promise<Queue | undefined> {
    return this.state.queues.get(name)?.queue;
  }

  async bindingsFrom(exchange: string): Promise<readonly Binding[]> {
    return this.state.bindings.filter(({ source }) => source === exchange);
  }

  async bindingsTo({ kind, name }: Destination): Promise<readonly Binding[]> {
    return this.state.bindings.filter(({ destination }) => destination.kind === kind && destination.name === name);
  }

  async addExchange(exchange: Exchange): Promise<void> {
    this.state.exchanges.set(exchange.name, exchange);
    this.#changed();
  }

  async removeExchange(name: string): Promise<void> {
    this.state.exchanges.delete(name);
    this.#keepBindings(({ source, destination }) => source !== name && !isTo(destination, 'exchange', name));
  }

  async addQueue(name: string, config: QueueConfig, owner: string | null): Promise<Queue> {
    const { state } = this;
    const lanes = Array.from({ length: config.maxPriority + 1 }, (_, priority) => ({ id: state.nextId(), priority }));
    const queue = { id: state.nextId(), name, config, owner, expires: config.messageTtlMs !== null, lanes };
    state.queues.set(name, {
      queue,
      entries: new Map(lanes.map(({ id }) => [id, new Map()])),
      nextSeq: new Map(lanes.map(({ id }) => [id, 0])),
      consumers: new Map(),
      wakes: new Set(),
      hadConsumer: false,
      usedAt: state.now(),
    });
    this.#changed();
    return queue;
  }

  async removeQueue(queue: Queue): Promise<void> {
    const held = this.state.held(queue);
    this.state.queues.delete(queue.name);
    this.#keepBindings(({ destination }) => !isTo(destination, 'queue', queue.name));
    if (held !== undefined) this.state.wake(held);
  }

  async addBinding(binding: Binding): Promise<void> {
    if (this.state.bindings.some((other) => isDeepStrictEqual(other, binding))) return;
    this.state.bindings = [...this.state.bindings, binding];
    this.#changed();
  }

  async removeBinding(binding: Binding): Promise<void> {
    this.#keepBindings((other) => !isDeepStrictEqual(other, binding));
  }

  async touchQueue(queue: Queue): Promise<void> {
    const held = this.state.held(queue);
    if (held !== undefined) held.usedAt = this.state.now();
  }

  async stateOf(queue: Queue): Promise<QueueState> {
    return stateOfHeld(this.state, this.state.held(queue));
  }

  async isUnused(queue: Queue): Promise<boolean> {
    const held = this.state.held(queue);
    return held !== undefined && this.state.isUnused(held);
  }

  #keepBindings(isKept: (binding: Binding) => boolean): void {
    this.state.bindings = this.state.bindings.filter(isKept);
    this.#changed();
  }

  #changed(): void {
    this.state.version += 1;
  }
}

const isTo = (destination: Destination, kind: Destination['kind'], name: string): boolean =>
  destination.kind === kind && destination.name === name;

/** What is in a queue; nothing in one that is gone. */
export function stateOfHeld(state: InMemoryQueueState, held: HeldQueue | undefined): QueueState {
  const counts = { ready: 0, unacked: 0, waiting: 0, readyBytes: 0, consumers: held?.consumers.size ?? 0 };
  if (held === undefined) return counts;
  for (const entry of state.entriesOf(held)) {
    if (entry.holder !== undefined) counts.unacked += 1;
    else if (state.isReady(entry)) {
      counts.ready += 1;
      counts.readyBytes += entry.bytes;
    } else counts.waiting += 1;
  }
  return counts;
}
