import { admit, roomIn } from '../../queues/queue-room.js';
import { laneFor } from '../../queues/queue.js';
import type { Queue } from '../../queues/queue.js';
import { ttlOf } from '../../queues/queue-store.js';
import type { EnqueueResult, Routed } from '../../queues/queue-store.js';
import type { InMemoryQueueState } from './in-memory-queue-state.js';
import { stateOfHeld } from './in-memory-topology-store.js';

/** Puts messages into queues in memory, in two steps: so what comes between can still be refused as a whole. */
export class InMemoryIntake {
  constructor(private readonly state: InMemoryQueueState) {}

  /** Which queues take which messages: until one rejects the first. */
  admit(messages: readonly Routed[]): { results: readonly EnqueueResult[]; taken: readonly Routed[] } {
    return admit(messages, (queue) => roomIn(queue, stateOfHeld(this.state, this.state.held(queue))));
  }

  store(messages: readonly Routed[]): void {
    for (const { message, queues } of messages) for (const queue of queues) this.#put(queue, message);
    for (const queue of new Set(messages.flatMap(({ queues }) => queues))) {
      const held = this.state.held(queue);
      if (held !== undefined) this.state.wake(held);
    }
  }

  #put(queue: Queue, message: Routed['message']): void {
    const held = this.state.held(queue);
    if (held === undefined) return;
    const now = this.state.now();
    const lane = laneFor(queue, message.priority).id;
    const seq = held.nextSeq.get(lane) ?? 0;
    held.nextSeq.set(lane, seq + 1);
    const ttlMs = ttlOf(queue, message);
    const { envelope, body, bytes } = message;
    const expiresAt = ttlMs === null ? null : now + ttlMs;
    const entry = {
      lane,
      seq,
      publishedAt: now,
      expiresAt,
      envelope,
      body,
      bytes,
      attempts: 0,
      dueAt: now,
      behind: -1,
    };
    held.entries.get(lane)?.set(seq, { ...entry, holder: undefined });
  }
}
