import type { HandlerTransaction } from '../groups/group-store.js';
import type { Producer } from '../topics/producer.js';
import type { NewRecord } from '../topics/topic-record.js';
import type { Delivery } from './delivery.js';
import type { PartitionRunner } from './partition-runner.js';
import type { TransactionalPublish } from './transactional-publish.js';

/** Makes what handlers are given beside records. */
export class Deliveries {
  /** @param commit moves the cursor of a runner's partition to an offset */
  constructor(
    private readonly group: string,
    private readonly producer: Producer,
    private readonly publishIn: TransactionalPublish,
    private readonly commit: (runner: PartitionRunner, upTo: number) => Promise<void>,
  ) {}

  /** @param upTo where the cursor is once what is in hand is done */
  of(
    runner: PartitionRunner,
    attempt: number,
    transaction: HandlerTransaction | undefined,
    upTo: () => number,
  ): Delivery {
    return {
      group: this.group,
      topic: runner.topic.name,
      partition: runner.owned.partition,
      generation: runner.owned.generation,
      attempt,
      signal: runner.signal,
      commit: () => this.commit(runner, upTo()),
      manager: transaction?.manager,
      publish: async (topic: string, record: NewRecord) => {
        if (transaction === undefined) await this.producer.send(topic, record);
        else await this.publishIn(transaction, topic, record);
      },
    };
  }
}
