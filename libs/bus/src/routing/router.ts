import type { Queue } from '../queues/queue.js';
import { Topology } from './topology.js';
import type { RoutingInput } from './topology.js';
import type { TopologyStore } from './topology-store.js';

/** What this process knows of exchanges, bindings and queues; whoever finds it outdated has it read again. */
export class Router {
  readonly topology = new Topology();
  readonly #stopWaking: () => void;
  #refreshing: Promise<void> | undefined;
  #following: Promise<void> | undefined;

  constructor(private readonly store: TopologyStore) {
    this.#stopWaking = store.onTopology(() => {
      // Only what was asked for once is kept up to date; what fails is read when it is needed.
      if (this.topology.version >= 0) this.refresh().catch(() => undefined);
    });
  }

  /** Reads it all, the first time. */
  async ready(): Promise<void> {
    if (this.topology.version < 0) await this.refresh();
  }

  /** Reads what has changed by now, if anything has. */
  async refresh(): Promise<void> {
    // A reading that is under way may have begun before the change: that is followed by another.
    const after = (this.#refreshing ?? Promise.resolve()).catch(() => undefined);
    this.#following ??= after.then(() => {
      this.#refreshing = this.#following;
      this.#following = undefined;
      return this.#read();
    });
    return this.#following;
  }

  /**
   * Acts by what is known, and again by what is new, until it was not outdated.
   * @param act gets the version it acts by; returns 'stale' when there is a newer one, and has done nothing then
   */
  async upToDate<Result>(act: (version: number) => Promise<Result | 'stale'>): Promise<Result> {
    await this.ready();
    for (;;) {
      const result = await act(this.topology.version);
      if (result !== 'stale') return result;
      await this.refresh();
    }
  }

  /** @returns undefined when there is no such queue */
  async findQueue(name: string): Promise<Queue | undefined> {
    await this.ready();
    if (!this.topology.queues.has(name)) await this.refresh();
    return this.topology.queues.get(name);
  }

  route(input: RoutingInput): readonly Queue[] {
    return [...this.topology.route(input)];
  }

  stop(): void {
    this.#stopWaking();
  }

  async #read(): Promise<void> {
    const change = await this.store.readTopology(this.topology.version);
    if (change !== undefined) this.topology.apply(change);
  }
}
