import type { Enrolment, Participant } from '@annals/log';
import { byTopic } from './produced.js';
import type { ProducedRecord } from './produced.js';
import type { TopicStore } from './topic-store.js';

/** Records that are sent in units of work: they are there if the unit commits, and their partitions are held for its last moment only. */
export class UnitPublications implements Participant<ProducedRecord> {
  constructor(private readonly store: TopicStore) {}

  /** Adds a record to what a unit sends at its end. @throws UnitOfWorkClosed (`STORE_UNIT_OF_WORK_CLOSED`) */
  add(unit: Enrolment, produced: ProducedRecord): void {
    unit.contribute(this, produced);
    const { topic, record } = produced;
    unit.afterCommit(() => this.store.announce(topic, [record.partition]));
  }

  async flush(connection: unknown, produced: readonly ProducedRecord[]): Promise<void> {
    for (const [topic, records] of byTopic(produced)) await this.store.appendWithin(connection, topic, records);
  }
}
