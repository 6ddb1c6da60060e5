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
    await this.router.ready();
    const sequenced = stored.map((message) => ({ message, sequence: this.store.nextSequence() }));
    for (;;) {
      const routed: Routed[] = [];
      for (const { message, sequence } of sequenced)
        routed.push(...(await this.#routed(queue, message, reason, sequence)));
      const { version } = this.router.topology;
      const outcome = await this.store.move(session, stored, routed, version);
      if (outcome === 'stale') await this.router.refresh();
      else {
        if (outcome === 'moved') await this.#trim(routed);
        return outcome === 'moved';
      }
    }
  }

  /** Sends the dead letter of a message that is in no queue: that never was, or is gone already. */
  async send(queue: Queue, dying: Dying, reason: DeathReason): Promise<void> {
    await this.router.ready();
    const sequence = this.store.nextSequence();
    for (;;) {
      const routed = await this.#routed(queue, dying, reason, sequence);
      if (routed.length === 0) return;
      const stored = await this.store.enqueue(routed, { version: this.router.topology.version, skipLocked: false });
      if (stored === 'stale') await this.router.refresh();
      else return this.#trim(routed);
    }
  }

  /** Where dead letters go there may be too many of them as well. */
  async #trim(routed: readonly Routed[]): Promise<void> {
    for (const queue of new Set(routed.flatMap(({ queues }) => queues))) await this.trim(queue);
  }

  async #routed(queue: Queue, dying: Dying, reason: DeathReason, sequence: number): Promise<readonly Routed[]> {
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
