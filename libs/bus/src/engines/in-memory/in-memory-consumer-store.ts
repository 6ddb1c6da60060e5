import { ConsumerStore } from '../../queues/consumer-store.js';
import type { NewConsumer } from '../../queues/consumer-store.js';
import type { Queue } from '../../queues/queue.js';
import type { InMemoryQueueState } from './in-memory-queue-state.js';

/** Sessions and consumers in memory. */
export class InMemoryConsumerStore extends ConsumerStore {
  constructor(private readonly state: InMemoryQueueState) {
    super();
  }

  override async open(id: string, sessionMs: number): Promise<void> {
    this.state.sessions.set(id, { until: this.state.now() + sessionMs, sessionMs });
  }

  override async beat(id: string): Promise<boolean> {
    const session = this.state.sessions.get(id);
    if (session === undefined || !this.state.lives(id)) return false;
    session.until = this.state.now() + session.sessionMs;
    return true;
  }

  override async close(id: string): Promise<void> {
    this.state.sessions.delete(id);
    for (const { consumers } of this.state.queues.values()) {
      for (const [consumer, { session }] of consumers) if (session === id) consumers.delete(consumer);
    }
    this.state.giveBack((holder) => holder.session === id);
  }

  override async add(consumer: NewConsumer): Promise<number | 'queue-gone' | 'has-exclusive' | 'has-others'> {
    const { queue, session, priority, prefetch, exclusive } = consumer;
    const held = this.state.held(queue);
    if (held === undefined) return 'queue-gone';
    const others = [...held.consumers.values()];
    if (others.some((other) => other.exclusive)) return 'has-exclusive';
    if (exclusive && others.length > 0) return 'has-others';
    const id = this.state.nextId();
    held.consumers.set(id, { id, session, priority, prefetch, exclusive });
    held.hadConsumer = true;
    held.usedAt = this.state.now();
    return id;
  }

  override async remove(queue: Queue, consumer: number, giveBack: boolean): Promise<boolean> {
    const held = this.state.held(queue);
    if (held === undefined) return false;
    held.consumers.delete(consumer);
    if (giveBack) this.state.giveBack((holder) => holder.consumer === consumer);
    held.usedAt = this.state.now();
    this.state.wake(held);
    return queue.config.autoDelete && held.consumers.size === 0;
  }
}
