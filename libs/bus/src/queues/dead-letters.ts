import type { Router } from '../routing/router.js';
import { deadLetterOf, mayReach } from './dead-letter.js';
import type { Dying } from './dead-letter.js';
import { readEnvelope } from './envelope.js';
import type { DeathReason } from './envelope.js';
import type { Queue } from './queue.js';
import type { StoredMessage } from './queue-message.js';
import type { QueueStore, Routed } from './queue-store.js';

/** Sends messages of queues where their dead letters go, and has them gone from there, both or neither. */
export class DeadLetters {
  constructor(
    private readonly store: QueueStore,
    private readonly router: Router,
    /** Milliseconds since 1970. */
    private readonly now: () => number,
    private readonly trim: (queue: Queue) => Promise<void>,
    private readonly onError: (error: unknown, where: string) => void,
  ) {}

  /** @returns false when one of the messages is not the session's any more: nothing was done */
  async bury(session: string, queue: Queue, stored: readonly StoredMessage[], reason: DeathReason): Promise<boolean> {
    const sequenced = stored.map((message) => ({ message, sequence: this.store.nextSequence() }));
    return this.router.upToDate(async (version) => {
      const routed = sequenced.flatMap(({ message, sequence }) => this.#routed(queue, message, reason, sequence));
      const outcome = await this.store.move(session, stored, routed, version);
      if (outcome === 'moved') await this.#trim(routed);
      return outcome === 'stale' ? 'stale' : outcome === 'moved';
    });
  }

  /** Sends the dead letter of a message that is in no queue: that never was, or is gone already. */
  async send(queue: Queue, dying: Dying, reason: DeathReason): Promise<void> {
    const sequence = this.store.nextSequence();
    await this.router.upToDate(async (version) => {
      const routed = this.#routed(queue, dying, reason, sequence);
      if (routed.length === 0) return;
      if ((await this.store.enqueue(routed, { version, skipLocked: false })) === 'stale') return 'stale';
      await this.#trim(routed);
    });
  }

  /** Where dead letters go there may be too many of them as well. */
  async #trim(routed: readonly Routed[]): Promise<void> {
    for (const queue of new Set(routed.flatMap(({ queues }) => queues))) await this.trim(queue);
  }

  #routed(queue: Queue, dying: Dying, reason: DeathReason, sequence: number): readonly Routed[] {
    const letter = deadLetterOf(queue, dying, reason, this.now());
    if (letter === undefined) return [];
    const { exchange } = letter.input;
    if (this.router.topology.exchange(exchange) === undefined) {
      // RabbitMQ drops it as well; here it is at least said.
      this.onError(new Error(`dead letters are dropped: there is no exchange "${exchange}"`), `queue ${queue.name}`);
      return [];
    }
    const deaths = readEnvelope(letter.message.envelope).d ?? [];
    const reached = this.router.route(letter.input);
    const queues = reached.filter(({ name }) => mayReach(name, deaths));
    if (queues.length === 0) {
      const why = reached.length === 0 ? 'no queue is reached' : 'they would go round for ever';
      this.onError(new Error(`dead letters are dropped: ${why}`), `queue ${queue.name}`);
      return [];
    }
    return [{ message: letter.message, queues, sequence }];
  }
}
