import type { Delivery, TopicRecord } from '@annals/bus';
import { Subscribe } from '@annals/bus';
import { Injectable } from '@nestjs/common';
import type { OrderPlaced } from '../ordering/order-placed.js';

/** The topic from which whoever sends mails takes what to say; keyed by customer, so one customer's mails keep their order. */
export const NOTIFICATIONS = 'shop-notifications';

/** Announces each order of a known customer. The announcement and the group's place are one transaction: none is lost or made twice. */
@Injectable()
export class Notifications {
  @Subscribe({
    topic: 'events',
    group: 'notification',
    guarantee: 'effectively-once',
    filter: { category: 'order', types: ['order-placed'] },
  })
  async announce(record: TopicRecord, { publish }: Delivery): Promise<void> {
    const { number, customer, total } = record.value as OrderPlaced;
    if (customer === undefined) return;
    await publish(NOTIFICATIONS, { key: customer, value: { kind: 'order-received', customer, number, total } });
  }
}
