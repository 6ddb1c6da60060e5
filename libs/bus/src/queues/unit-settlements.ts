import type { Participant } from '@annals/log';
import { DeliveryLost } from './delivery-lost.js';
import type { QueueStore, Settlement } from './queue-store.js';

/** A message that is settled with a unit of work. */
export interface UnitSettlement {
  readonly session: string;
  readonly settlement: Settlement;
  readonly queue: string;
  readonly messageId: string;
}

/** Settles messages with the units of work of their handlers. */
export class UnitSettlements implements Participant<UnitSettlement> {
  /** After the topics, as every transaction of queues does: or two units could wait for each other. */
  readonly rank = 1;

  constructor(private readonly store: QueueStore) {}

  /** @throws DeliveryLost (`BUS_DELIVERY_LOST`): the unit is rolled back */
  async flush(connection: unknown, settlements: readonly UnitSettlement[]): Promise<void> {
    for (const { session, settlement, queue, messageId } of settlements) {
      const held = await this.store.settleWithin(connection, session, settlement);
      if (!held) throw new DeliveryLost(queue, messageId);
    }
  }
}
