import { DelayStore } from '../../queues/delay-store.js';
import type { DelayedMessage } from '../../queues/delay-store.js';
import type { Routed } from '../../queues/queue-store.js';
import type { InMemoryQueueStore } from './in-memory-queue-store.js';

/** Delayed messages in memory. */
export class InMemoryDelayStore extends DelayStore {
  readonly #waiting = new Map<string, DelayedMessage & { readonly dueAt: number }>();

  /**
   * @param now milliseconds since 1970
   * @param messages of the same engine
   */
  constructor(
    private readonly now: () => number,
    private readonly messages: () => InMemoryQueueStore,
  ) {
    super();
  }

  get isDue(): boolean {
    return this.#due().length > 0;
  }

  override async add(message: DelayedMessage, delayMs: number): Promise<boolean> {
    if (this.#waiting.has(message.id)) return false;
    this.#waiting.set(message.id, { ...message, dueAt: this.now() + delayMs });
    return true;
  }

  override async cancel(id: string): Promise<boolean> {
    return this.#waiting.delete(id);
  }

  override async promote(
    most: number,
    route: (due: readonly DelayedMessage[]) => readonly Routed[],
    version: number,
  ): Promise<number | 'stale'> {
    const due = this.#due().slice(0, most);
    const stored = this.messages().enqueueNow(route(due), version);
    if (stored === 'stale') return 'stale';
    for (const { id } of due) this.#waiting.delete(id);
    return due.length;
  }

  #due(): (DelayedMessage & { readonly dueAt: number })[] {
    const now = this.now();
    const due = [...this.#waiting.values()].filter(({ dueAt }) => dueAt <= now);
    return due.sort((one, other) => one.dueAt - other.dueAt);
  }
}
