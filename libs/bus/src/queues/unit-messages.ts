import type { Enrolment, Participant } from '@annals/log';
import type { Router } from '../routing/router.js';
import type { Publication } from './encode-message.js';
import type { DelayStore } from './delay-store.js';
import { InvalidMessage } from './invalid-message.js';
import type { Publisher } from './publisher.js';
import type { Queue } from './queue.js';
import { QueueFull } from './queue-full.js';
import type { QueueStore, Routed } from './queue-store.js';

/** Messages that are published in units of work: they are there if the unit commits. */
export class UnitMessages implements Participant<Publication> {
  /** After the topics, as every transaction of queues does: or two units could wait for each other. */
  readonly rank = 2;

  constructor(
    private readonly store: QueueStore,
    private readonly delays: DelayStore,
    private readonly router: Router,
    private readonly publisher: Publisher,
  ) {}

  /** Adds a message to what a unit publishes at its end. @throws UnitOfWorkClosed (`STORE_UNIT_OF_WORK_CLOSED`) */
  add(unit: Enrolment, publication: Publication, queues: readonly Queue[]): void {
    unit.contribute(this, publication);
    unit.afterCommit(() => {
      this.store.announce(queues);
      this.publisher.trimLater(queues);
    });
  }

  /** @throws QueueFull (`BUS_QUEUE_FULL`): the unit is rolled back */
  async flush(connection: unknown, publications: readonly Publication[]): Promise<void> {
    for (const { message, delayMs } of publications) {
      if (delayMs <= 0) continue;
      const delayed = { id: message.messageId, envelope: message.envelope, body: message.body };
      if (!(await this.delays.add(delayed, delayMs, connection))) {
        throw new InvalidMessage([`a delayed one of the id ${message.messageId} waits already`]);
      }
    }
    const now = publications.filter(({ delayMs }) => delayMs <= 0);
    const sequenced = now.map((publication) => ({ publication, sequence: this.store.nextSequence() }));
    const results = await this.router.upToDate((version) => {
      const routed = sequenced
        .map(({ publication: { input, message }, sequence }): Routed => {
          return { message, queues: this.router.route(input), sequence };
        })
        .filter(({ queues }) => queues.length > 0);
      return routed.length === 0 ? Promise.resolve([]) : this.store.enqueueWithin(connection, routed, version);
    });
    const rejectedBy = results.flatMap((result) => (typeof result === 'string' ? [] : result.rejectedBy));
    if (rejectedBy.length > 0) throw new QueueFull([...new Set(rejectedBy.map(({ name }) => name))]);
  }
}
