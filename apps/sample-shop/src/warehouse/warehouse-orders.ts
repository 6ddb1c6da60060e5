import { Bus, Subscribe } from '@annals/bus';
import type { TopicRecord } from '@annals/bus';
import { Injectable } from '@nestjs/common';
import type { OrderPlaced } from '../ordering/order-placed.js';
import { ORDERS } from '../shop-topology.js';
import type { OrderToPick } from './order-to-pick.js';

/** Sends each order to where it is worked at. The message and the group's place are one transaction: none is lost or sent twice. */
@Injectable()
export class WarehouseOrders {
  constructor(private readonly bus: Bus) {}

  @Subscribe({
    topic: 'events',
    group: 'warehouse',
    guarantee: 'effectively-once',
    filter: { category: 'order', types: ['order-placed'] },
  })
  async send(record: TopicRecord): Promise<void> {
    const { number, lines } = record.value as OrderPlaced;
    const body: OrderToPick = { number, lines: lines.map(({ stockCode, quantity }) => ({ stockCode, quantity })) };
    await this.bus.queues.publish(ORDERS, 'order.placed', { body, type: 'order-to-pick' });
  }
}
